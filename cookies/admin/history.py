"""What was done on a website, by whom: the whole log, to read and to take away. Nobody changes it here."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from cookies.access import READS_EVIDENCE
from cookies.admin.log import actions_on
from cookies.admin.pages import page_url, show, site_page
from cookies.models import Site

VIEW = "admin.view_logentry"
ON_A_PAGE = 50
# A table program takes a cell that begins so for a formula, and runs it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@site_page("log/", name="log", sees=VIEW, roles=READS_EVIDENCE, tab="Log", position=85)
def log(request: HttpRequest, site: Site) -> HttpResponse:
    page = Paginator(actions_on(site), ON_A_PAGE).get_page(request.GET.get("page"))
    return show(request, site, "log", title="Log", tab="log", page=page, file_url=page_url(site, "log-file"))


@site_page("log/file/", name="log-file", sees=VIEW, roles=READS_EVIDENCE)
def log_file(request: HttpRequest, site: Site) -> HttpResponse:
    """The log as a table, oldest first."""
    rows = csv.writer(Echo())
    response = StreamingHttpResponse((rows.writerow(line) for line in _lines(site)), "text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{site.key}-log.csv"'
    response["Cache-Control"] = "no-store"
    # A stream is an answer like any other to whoever asked; Django's types keep the two apart.
    return response  # type: ignore[return-value]


class Echo:
    """A file for the csv module that hands each line straight back."""

    def write(self, line: str) -> str:
        return line


def _lines(site: Site) -> Iterator[tuple[str, str, str]]:
    yield ("time", "person", "action")
    for action in actions_on(site).reverse().iterator():
        time = action.action_time.isoformat(timespec="seconds")
        yield (time, harmless(action.user.get_username()), harmless(action.change_message))


def harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text

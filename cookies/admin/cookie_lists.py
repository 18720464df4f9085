"""A website's cookies as a file: given out, taken over after a look at what it would change, and names tried."""

from __future__ import annotations

import base64
import zlib
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse

from cookies.access import EDITS, SEES
from cookies.admin.languages import languages_of
from cookies.admin.log import ADDITION, record_action
from cookies.admin.pages import go_to, page_url, sent, show, site_page
from cookies.cookie_tables import MOST_BYTES, CookieRow, UnreadableTable, read_table, write_table
from cookies.forms import CalmForm
from cookies.matching import name_matches
from cookies.models import Site
from cookies.services.cookie_lists import import_cookies, listed, plan_for

VIEW, ADD = "cookies.view_cookie", "cookies.add_cookie"
# How many rows of each kind are shown; the numbers above them are of all.
SHOWN = 100
MOST_NAMES = 200
SALT = "cookies.import"
LOOK_SECONDS = 3600


class FileForm(CalmForm):
    file = forms.FileField(
        label="The list as a CSV file",
        help_text="Our own format, or the Open Cookie Database's. At most 5,000 rows and 2 MB.",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )


@site_page("cookies/export/", name="cookies-export", sees=VIEW, roles=SEES)
def export(request: HttpRequest, site: Site) -> HttpResponse:
    table = write_table(listed(site), languages_of(site))
    # With its mark, spreadsheets know that it is UTF-8.
    answer = HttpResponse("\ufeff" + table, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{site.key}-cookies.csv"'
    return answer


@site_page("cookies/import/", name="cookies-import", sees=ADD, writes=ADD, roles=EDITS)
def import_list(request: HttpRequest, site: Site) -> HttpResponse:
    """First a look at what the file would change; then, for the same file, the change."""
    if "looked_at" in request.POST:
        return _take_over(request, site)
    form = FileForm(sent(request), request.FILES or None)
    context: dict[str, object] = {}
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            if upload.size > MOST_BYTES:
                raise UnreadableTable(f"The file is larger than {MOST_BYTES // 1_000_000} MB. Split it.")
            content = upload.read()
            rows = read_table(content, languages_of(site))
        except UnreadableTable as error:
            form.add_error("file", str(error))
        else:
            context = _look(site, rows, content, upload.name)
    return _page(request, site, form, **context)


def _look(site: Site, rows: list[CookieRow], content: bytes, name: str) -> dict[str, object]:
    plan = plan_for(site=site, rows=rows)
    groups = [
        ("Will be added", "ok", plan.new),
        ("Get a text in a language that they lack", "ok", plan.filled),
        ("Can't be taken over", "wrong", plan.refused),
        ("Differ from what is here: what is here stays", "quiet", plan.kept),
    ]
    return {
        "plan": plan,
        "file_name": name,
        "groups": [(title, kind, len(found), found[:SHOWN]) for title, kind, found in groups if found],
        "same": len(plan.same),
        "foreign": list(plan.foreign.items())[:SHOWN],
        "foreign_rows": sum(plan.foreign.values()),
        "looked_at": _sealed(site, content),
    }


def _take_over(request: HttpRequest, site: Site) -> HttpResponse:
    content = _opened(site, request.POST["looked_at"])
    form = FileForm()
    if content is None:
        messages.error(request, "More than an hour has passed since you sent the file. Send it again.")
        return _page(request, site, form)
    plan = import_cookies(site=site, rows=read_table(content, languages_of(site)))
    said = (
        f"Added {_counted(len(plan.new), 'cookie')} from a file, and texts to {_counted(len(plan.filled), 'cookie')}."
    )
    record_action(request, site, said, flag=ADDITION)
    messages.success(request, f"{said} Visitors see it once you publish.")
    return go_to(site, "cookies")


@site_page("cookies/try/", name="cookies-try", sees=VIEW, roles=SEES)
def try_names(request: HttpRequest, site: Site) -> HttpResponse:
    """Which entry of the list speaks for each name that a browser shows; and which name nobody speaks for."""
    text = request.GET.get("names", "")
    names = list(dict.fromkeys(_names_in(text)))[:MOST_NAMES]
    cookies = list(site.cookies.filter(partner__archived_at=None).select_related("partner"))
    rows = [
        (name, [cookie for cookie in cookies if name_matches(name, cookie.name)], _new_url(site, name))
        for name in names
    ]
    return show(
        request,
        site,
        "cookie_names",
        title="Try names",
        tab="cookies",
        text=text,
        rows=rows,
        missing=sum(not found for _, found, _ in rows),
        back=page_url(site, "cookies"),
    )


def _names_in(text: str) -> list[str]:
    """Of `document.cookie`, or one a line."""
    parts = text.replace(";", "\n").splitlines()
    return [name for part in parts if (name := part.split("=", 1)[0].strip()) and len(name) <= 120]


def _new_url(site: Site, name: str) -> str:
    return f"{page_url(site, 'cookie-new')}?{urlencode({'name': name})}"


def _page(request: HttpRequest, site: Site, form: FileForm, **context: object) -> HttpResponse:
    return show(
        request,
        site,
        "cookies_import",
        title="Take over a list",
        tab="cookies",
        form=form,
        back=page_url(site, "cookies"),
        export_url=page_url(site, "cookies-export"),
        **context,
    )


def _sealed(site: Site, content: bytes) -> str:
    """The file itself, back from the page that showed it, so that nothing is kept of a file that nobody took over."""
    packed = base64.b64encode(zlib.compress(content, 9)).decode()
    return signing.dumps([site.pk, packed], salt=SALT)


def _opened(site: Site, sealed: str) -> bytes | None:
    try:
        owner, packed = signing.loads(sealed, salt=SALT, max_age=LOOK_SECONDS)
    except signing.BadSignature:
        return None
    return zlib.decompress(base64.b64decode(packed)) if owner == site.pk else None


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"

"""One website at a glance: what is live, what to do next, what was done."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from consent.admin.progress import progress_of
from consent.admin.standing import standing_of, task_of, tasks_of
from consent.reports.statistics import consent_sparkline
from cookies import access
from cookies.admin.languages import language_name, languages_of
from cookies.admin.log import actions_on
from cookies.admin.pages import may_open, page_url, show, site_page
from cookies.models import Site

LATEST = 8


@site_page("overview/", name="overview", sees="cookies.view_site", roles=access.SEES, tab="Overview", position=10)
def overview(request: HttpRequest, site: Site) -> HttpResponse:
    now = timezone.now()
    progress = progress_of([site], now=now)[site.pk]
    roles = access.roles_of(request.user, site)
    names = [language_name(code).partition(" (")[0] for code in languages_of(site)]
    return show(
        request,
        site,
        "overview",
        title=site.name,
        tab="overview",
        standing=standing_of(request, progress, roles, spark=consent_sparkline([site], now)[site.pk], today=now.date()),
        task=task_of(request, progress, roles),
        tasks=[] if progress.is_running else tasks_of(request, progress, roles),
        language_names=", ".join(names),
        actions=actions_on(site)[:LATEST],
        details_url=page_url(site, "details") if may_open(request, site, "details") else "",
        events_are_open=may_open_events(request, site),
    )


def may_open_events(request: HttpRequest, site: Site) -> bool:
    return access.can_read_evidence(request.user, site) and request.user.has_perm("consent.view_consentevent")

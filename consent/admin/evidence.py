"""How the evidence of one website stands, and the way to what auditors do with it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from consent.admin.events import list_url
from consent.reports.event_proof import MOST_COUNTED, standing_of
from cookies.access import READS_EVIDENCE
from cookies.admin.pages import may_open, page_url, show, site_page
from cookies.models import Site

VIEW = "consent.view_consentevent"
SUBPAGES = (("evidence", "Ledger"), ("exports", "Exports"), ("retention", "Retention and holds"))


@site_page("evidence/", name="evidence", sees=VIEW, roles=READS_EVIDENCE, tab="Evidence", position=75)
def evidence(request: HttpRequest, site: Site) -> HttpResponse:
    standing = standing_of(site.pk)
    return show(
        request,
        site,
        "evidence",
        title="Evidence",
        tab="evidence",
        subpages=subpages(request, site, "evidence"),
        standing=standing,
        unsealed_words=f"more than {MOST_COUNTED:,}" if standing.unsealed > MOST_COUNTED else f"{standing.unsealed:,}",
        records_url=list_url(website=site.key),
    )


def subpages(request: HttpRequest, site: Site, active: str) -> list[dict[str, object]]:
    return [
        {"label": label, "url": page_url(site, name), "is_active": name == active}
        for name, label in SUBPAGES
        if may_open(request, site, name)
    ]

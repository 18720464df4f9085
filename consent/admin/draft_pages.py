"""What the pages about a draft share: their navigation, the checklist with links to what mends it, the previews."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from consent.checklist import Finding
from consent.models import Acknowledgement, Review
from cookies.admin.pages import may_open, page_url
from cookies.models import Site

# Choices stand in a group of their own; a link to one leads there.
GROUPED = ("category", "scope")
OF_A_PARTNER = ("partner", "partner-necessity")


@dataclass(frozen=True)
class Listed:
    """A finding on a page: `url` is empty for whoever may not open what mends it."""

    finding: Finding
    url: str


def subpages(request: HttpRequest, site: Site, active: str) -> list[dict[str, Any]]:
    pages = [("publish", "Publish"), ("compare", "Difference"), ("review", "Review"), ("ab-test", "A/B test")]
    return [
        {"label": label, "url": page_url(site, name), "is_active": name == active}
        for name, label in pages
        if may_open(request, site, name)
    ]


def listed(request: HttpRequest, site: Site, found: Iterable[Finding]) -> list[Listed]:
    """The findings with their links, as this person may follow them."""
    found = list(found)
    named = {finding.partner for finding in found}
    ids = dict(site.partners.filter(slug__in=named).values_list("slug", "pk")) if named else {}
    opens = {page: may_open(request, site, page) for page in {finding.page for finding in found} | {"partner"}}
    return [Listed(finding, _url(site, finding, ids, opens)) for finding in found]


def _url(site: Site, finding: Finding, ids: dict[str, int], opens: dict[str, bool]) -> str:
    page = finding.page
    if not opens[page] and page in ("partner-necessity", "acknowledge"):
        page = "partner"
    if not opens[page]:
        return ""
    name = f"{finding.field}_group" if finding.field in GROUPED else finding.field
    anchor = f"#id_{name}" if name and page == finding.page else ""
    if page == "acknowledge":
        return page_url(site, page, finding.partner) + anchor
    if page in OF_A_PARTNER:
        return page_url(site, page, ids[finding.partner]) + anchor if finding.partner in ids else ""
    query = f"?language={finding.language}" if finding.language else ""
    return page_url(site, page) + query + anchor


def review_words(review: Review | None) -> str:
    """Where the review of a draft stands, in a sentence."""
    if review is None:
        return "Nobody has asked for a review of this draft."
    if review.decision is None:
        return f"{review.requested_by} has asked for a review. It waits for a reviewer."
    verb = "approved this draft" if review.decision == Review.Decision.APPROVED else "sent this draft back"
    return f"{review.decided_by} {verb}{': ' + review.reason if review.reason else '.'}"


def acknowledged_words(row: Acknowledgement) -> str:
    return f"{row.acknowledged_by}, {row.acknowledged_at:%Y-%m-%d}: {row.reason}"

"""Two versions beside each other, or the draft beside one: in words, and as visitors meet them."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.clickjacking import xframe_options_sameorigin

from consent.admin.draft_pages import subpages
from consent.admin.text_groups import grouped
from consent.delivery.preview import asked_for, preview_response
from consent.services.publishing import draft_payload
from consent.side_by_side import side_by_side
from cookies.access import SEES
from cookies.admin.pages import may_open, page_url, show, site_page
from cookies.models import Site

VIEW = "consent.view_noticeversion"
DRAFT = "draft"


@site_page("compare/", name="compare", sees=VIEW, roles=SEES)
def compare(request: HttpRequest, site: Site) -> HttpResponse:
    """`from` and `to` are numbers of versions, or `draft`. Without them: what is newest against what was before it."""
    numbers = [str(number) for number in site.versions.values_list("ordinal", flat=True)]
    choices = [DRAFT, *numbers] if may_open(request, site, "preview") else numbers
    after = request.GET.get("to") or (choices[0] if choices else "")
    before = request.GET.get("from") or _before(site, choices, after)
    if not set(filter(None, (before, after))) <= set(choices):
        raise Http404("There is no such version.")
    old, new = _payload(site, before), _payload(site, after)
    return show(
        request,
        site,
        "compare",
        title="Difference",
        tab="publish" if after == DRAFT else "versions",
        subpages=subpages(request, site, "compare") if after == DRAFT else [],
        choices=[(choice, _name(choice)) for choice in choices],
        before=before,
        after=after,
        before_name=_name(before) if before else "Nothing",
        after_name=_name(after) if after else "Nothing",
        parts=side_by_side(old, new, labels=_labels(new)) if new else [],
        frames=[_frame(site, choice) for choice in (before, after) if choice],
        back=page_url(site, "versions"),
    )


@site_page("versions/<int:number>/preview/", name="version-preview", sees=VIEW, roles=SEES)
@xframe_options_sameorigin
def version_preview(request: HttpRequest, site: Site, number: int) -> HttpResponse:
    """A published version on a page that reaches and keeps nothing, like the preview of the draft."""
    payload = json.loads(bytes(get_object_or_404(site.versions, ordinal=number).payload))
    return preview_response(request, payload, asked_for(request.GET, payload), of_version=number)


def _before(site: Site, choices: list[str], after: str) -> str:
    """What the draft would replace; for a version, the one with the number below."""
    if after == DRAFT:
        latest = site.publications.order_by("-id").values_list("version__ordinal", flat=True).first()
        return str(latest) if latest else ""
    below = [choice for choice in choices if choice != DRAFT and after.isdecimal() and int(choice) < int(after)]
    return below[0] if below else ""


def _payload(site: Site, choice: str) -> dict[str, Any] | None:
    if choice == DRAFT:
        return draft_payload(site)
    return json.loads(bytes(site.versions.get(ordinal=int(choice)).payload)) if choice else None


def _name(choice: str) -> str:
    return "The draft" if choice == DRAFT else f"Version {choice}"


def _labels(payload: dict[str, Any] | None) -> dict[str, str]:
    texts = payload["texts"][payload["site"]["default_language"]] if payload else {}
    return {key: f"{group.title}: {label}" for group in grouped(texts) for key, label in group.labels.items()}


def _frame(site: Site, choice: str) -> tuple[str, str]:
    url = page_url(site, "preview") if choice == DRAFT else page_url(site, "version-preview", int(choice))
    return _name(choice), url

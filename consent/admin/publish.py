"""Putting the draft before visitors: what would change, how it looks, and the one button."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from consent.forms import PublishForm
from consent.models import Publication
from consent.reports import changes
from consent.services.drafting import draft_digest
from consent.services.publishing import draft_payload
from consent.services.publishing import publish as publish_draft
from cookies.admin.languages import language_name, languages_of
from cookies.admin.log import record_action
from cookies.admin.pages import go_to, page_url, sent, show, site_page
from cookies.models import Site

VIEW, ADD = "consent.view_publication", "consent.add_publication"


@site_page("publish/", name="publish", sees=VIEW, writes=ADD, tab="Publish", position=60)
def publish(request: HttpRequest, site: Site) -> HttpResponse:
    form = PublishForm(sent(request))
    if request.method == "POST" and form.is_valid() and _publish(request, site, form):
        return go_to(site, "publish")
    latest = site.publications.order_by("-id").select_related("version").first()
    digest = draft_digest(site)
    return show(
        request,
        site,
        "publish",
        title="Publish",
        tab="publish",
        form=form,
        # What is looked at from now on is what the button publishes.
        digest=digest,
        latest=latest,
        has_changes=latest is None or latest.version.digest != digest,
        sentences=changes(_payload(latest), draft_payload(site)),
        languages=[
            (language_name(code), f"{page_url(site, 'preview')}?language={code}") for code in languages_of(site)
        ],
    )


def _publish(request: HttpRequest, site: Site, form: PublishForm) -> bool:
    looked_at = form.cleaned_data["draft"]
    if looked_at and looked_at != draft_digest(site):
        form.add_error(None, "The draft has changed since you opened this page. Look at it again, then publish.")
        return False
    try:
        publication = publish_draft(
            site=site, by=request.user.get_username(), now=timezone.now(), reason=form.cleaned_data["reason"]
        )
    except ValidationError as error:
        form.refuse(error)
        return False
    if publication is None:
        messages.info(request, _unchanged(site))
        return True
    number = publication.version.ordinal
    record_action(request, site, f"Published version {number}.")
    messages.success(request, f"Version {number} is live. Visitors meet it within a few minutes.")
    return True


def _unchanged(site: Site) -> str:
    latest = site.publications.select_related("version").latest("id")
    return f"Nothing has changed since version {latest.version.ordinal}; nothing was published."


def _payload(publication: Publication | None) -> dict[str, Any] | None:
    return json.loads(bytes(publication.version.payload)) if publication else None

"""Your websites: the first page of the admin."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from consent.admin.progress import Progress, progress_of
from cookies import access
from cookies.admin.pages import page_url
from cookies.models import Site

WEBSITES_ON_A_PAGE = 12


def websites(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's dashboard callback: cards in place of a table of models."""
    now = timezone.now()
    visible = Site.objects.visible_to(request.user).filter(state=Site.State.ACTIVE)
    page = Paginator(visible, WEBSITES_ON_A_PAGE).get_page(request.GET.get("page"))
    return {
        **context,
        "title": "Your websites",
        "page": page,
        "cards": [_card(request, progress_of(site, now=now)) for site in page],
        "new_url": reverse("admin:cookies_site_add") if request.user.has_perm("cookies.add_site") else "",
    }


def _card(request: HttpRequest, progress: Progress) -> dict[str, Any]:
    site = progress.state.site
    return {
        "website": site,
        "progress": progress,
        "publication": progress.state.publication,
        "url": page_url(site, "overview"),
        # An auditor reads; what to do next is for those who may do it.
        "edits": access.can_edit(request.user, site),
    }


def may_read_events(request: HttpRequest) -> bool:
    return request.user.has_perm("consent.view_consentevent")


def is_administrator(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_superuser

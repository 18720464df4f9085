"""Your websites: the first page of the admin."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from consent.admin.progress import Progress, progress_of
from consent.admin.standing import standing_of, task_of
from consent.reports.statistics import Sparkline, consent_sparkline
from cookies import access
from cookies.admin.pages import page_url
from cookies.models import Role, Site

WEBSITES_ON_A_PAGE = 12


def websites(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Unfold's dashboard callback: cards in place of a table of models."""
    now = timezone.now()
    visible = Site.objects.visible_to(request.user).filter(state=Site.State.ACTIVE)
    page = Paginator(visible, WEBSITES_ON_A_PAGE).get_page(request.GET.get("page"))
    sites = list(page)
    progress, sparks = progress_of(sites, now=now), consent_sparkline(sites, now)
    roles = access.roles_on(request.user, sites)
    return {
        **context,
        "title": "Your websites",
        "page": page,
        "cards": [
            _card(request, progress[site.pk], roles[site.pk], spark=sparks[site.pk], today=now.date()) for site in sites
        ],
        "new_url": reverse("admin:cookies_site_add") if request.user.has_perm("cookies.add_site") else "",
    }


def _card(
    request: HttpRequest, progress: Progress, roles: frozenset[Role], *, spark: Sparkline, today: date
) -> dict[str, Any]:
    site = progress.state.site
    return {
        "website": site,
        "url": page_url(site, "overview"),
        "standing": standing_of(request, progress, roles, spark=spark, today=today),
        "task": task_of(request, progress, roles),
    }


def may_read_events(request: HttpRequest) -> bool:
    return request.user.has_perm("consent.view_consentevent")


def is_administrator(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_superuser

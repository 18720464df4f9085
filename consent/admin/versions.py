"""Published versions, to read and to put live again. Nothing here changes or removes one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from unfold.admin import ModelAdmin

from consent.admin.text_groups import grouped
from consent.models import NoticeVersion, Publication, Review
from consent.regime_words import consequence, memory_words, place_name, rule_name, signal_words
from consent.schedules import moment_words
from consent.services.experiments import running_experiment
from consent.services.publishing import live_publication, put_live
from cookies import access
from cookies.admin.catalogue import lifetime_words
from cookies.admin.languages import language_name
from cookies.admin.log import DECISION, record_action
from cookies.admin.pages import go_to, may_write, page_url, reason_sent, show, site_page
from cookies.admin.read_only import ReadOnly
from cookies.models import Site
from cookies.models.catalogue import translated
from cookies.vocabulary import CATEGORY_LABELS, LOAD_MODE_LABELS, PURPOSE_LABELS, TECHNOLOGY_LABELS

VIEW = "consent.view_noticeversion"


@site_page("versions/", name="versions", sees=VIEW, roles=access.SEES, tab="Versions", position=70)
def versions(request: HttpRequest, site: Site) -> HttpResponse:
    """What was shown, from when, by whom and why."""
    now = timezone.now()
    live = live_publication(site, now=now)
    newest_first = Prefetch("publications", queryset=Publication.objects.order_by("-id"))
    rows = [
        {
            "version": version,
            "url": page_url(site, "version", version.ordinal),
            "publications": list(version.publications.all()),
            "tested": list(version.arms.all()),
            "is_live": live is not None and live.version_id == version.pk,
            "is_waiting": any(publication.effective_at > now for publication in version.publications.all()),
        }
        for version in site.versions.defer("payload").prefetch_related(newest_first, "arms__experiment__publication")
    ]
    may_publish = may_write(request, site, "publish")
    compare_url = page_url(site, "compare")
    return show(
        request,
        site,
        "versions",
        title="Versions",
        tab="versions",
        rows=rows,
        may_publish=may_publish,
        compare_url=compare_url,
    )


@site_page("versions/<int:number>/", name="version", sees=VIEW, roles=access.SEES)
def version_page(request: HttpRequest, site: Site, number: int) -> HttpResponse:
    """One version as it was shown, in words."""
    version = get_object_or_404(site.versions, ordinal=number)
    payload = json.loads(bytes(version.payload))
    own_language = payload["site"]["default_language"]
    live = live_publication(site, now=timezone.now())
    return show(
        request,
        site,
        "version",
        title=f"Version {number}",
        tab="versions",
        version=version,
        is_live=live is not None and live.version_id == version.pk,
        publications=version.publications.order_by("-id"),
        tested=version.arms.select_related("experiment").order_by("id"),
        waiting=_later(site, timezone.now()),
        approvals=site.reviews.filter(digest=version.digest, decision=Review.Decision.APPROVED),
        compare_url=f"{page_url(site, 'compare')}?to={number}",
        payload_url=reverse("version", args=[version.digest]),
        again_url=page_url(site, "version-again", number),
        may_publish=may_write(request, site, "version-again"),
        texts=[(language_name(code), code, _texts(payload["texts"][code])) for code in payload["languages"]],
        partners=[_partner(partner, own_language) for partner in payload["partners"]],
        cookies=[_cookie(cookie, payload, own_language) for cookie in payload["cookies"]],
        dnt_is_honoured=payload["policy"]["dnt"] == "honour",
        counts=payload["policy"].get("count_impressions", False),
        regimes=_regimes(payload),
        controller=payload["site"]["controller"],
        links=[(translated(link["label"], own_language, "en"), link["url"]) for link in payload["opt_out_links"]],
        back=page_url(site, "versions"),
    )


@site_page(
    "versions/<int:number>/again/",
    name="version-again",
    sees=VIEW,
    writes="consent.add_publication",
    roles=access.PUBLISHES,
    only_post=True,
)
def publish_again(request: HttpRequest, site: Site, number: int) -> HttpResponse:
    """Show visitors a version that was published before."""
    version = get_object_or_404(site.versions, ordinal=number)
    now = timezone.now()
    live = live_publication(site, now=now)
    if live is not None and live.version_id == version.pk:
        messages.info(request, f"Version {number} is live already; nothing was published.")
        return go_to(site, "versions")
    reason = reason_sent(request) or f"Back to version {number}."
    put_live(version=version, by=request.user.get_username(), now=now, reason=reason)
    record_action(request, site, f"Published version {number} again.", flag=DECISION)
    messages.success(
        request, " ".join([f"Version {number} is live again. The draft stays as it is.", *_later(site, now)])
    )
    return go_to(site, "versions")


def _later(site: Site, now: datetime) -> list[str]:
    """What ends with a publication; and what is scheduled takes over all the same, whatever is put live before it."""
    waiting = site.publications.filter(effective_at__gt=now).order_by("effective_at").select_related("version")
    running = running_experiment(site, now=now)
    ends = [f"A/B test {running.number} is running. It ends with this, without a result."] if running else []
    return ends + [
        f"Version {row.version.ordinal} still takes over on {moment_words(row.effective_at)}, as was planned."
        for row in waiting
    ]


@admin.register(NoticeVersion)
class NoticeVersionAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]  # Unfold has no types
    """Django's addresses for a version: they lead to the page above and refuse everything else."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[NoticeVersion]:
        visible = Site.objects.visible_to(request.user)
        return NoticeVersion.objects.filter(site__in=visible).defer("payload").select_related("site")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "POST":
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:index"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "POST":
            raise PermissionDenied
        version = self.get_object(request, object_id)
        if version is None:
            raise Http404("There is no such version.")
        return go_to(version.site, "version", version.ordinal)


def _texts(texts: Mapping[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(group.title, [(label, texts[key]) for key, label in group.labels.items()]) for group in grouped(texts)]


def _regimes(payload: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = payload["regimes"]
    return [
        {
            "code": row["code"],
            "place": place_name(row, is_only=len(rows) == 1),
            "rule": rule_name(row),
            "consequence": consequence(row),
            "signals": signal_words(row, dnt=payload["policy"]["dnt"]),
            "memory": memory_words(row),
        }
        for row in rows
    ]


def _partner(partner: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {
        **partner,
        "category": CATEGORY_LABELS[partner["category"]],
        "purpose": translated(partner["purpose"], language, "en"),
        "purposes": ", ".join(PURPOSE_LABELS.get(purpose, purpose) for purpose in partner["purposes"]),
        "loaded": LOAD_MODE_LABELS[partner["load_mode"]].partition(":")[0],
        "starts": datetime.fromtimestamp(partner["starts_at"], UTC) if partner.get("starts_at") else None,
    }


def _cookie(cookie: Mapping[str, Any], payload: Mapping[str, Any], language: str) -> dict[str, Any]:
    names = {partner["slug"]: partner["name"] for partner in payload["partners"]}
    return {
        **cookie,
        "partner": names.get(cookie["partner"], "The website's own"),
        "category": CATEGORY_LABELS[cookie["category"]],
        "technology": TECHNOLOGY_LABELS[cookie["technology"]],
        "lifetime": lifetime_words(cookie["lifetime"]),
        "purpose": translated(cookie["purpose"], language, "en"),
    }

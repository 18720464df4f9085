"""What visitors decided, for auditors: to search and to read. Visitors are named by a hash, nothing else."""

from __future__ import annotations

import re
import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin

from consent.admin.event_words import answer_facts, categories_words, frame_of, shown_facts, signals_words
from consent.evidence_forms import SearchForm
from consent.models import ConsentEvent
from consent.reports.event_proof import proof_of, standing_of
from consent.reports.events import EventSearch, event_named, found, neighbours_of, of_users, page_of
from consent.services.recording import consent_ref_of
from consent.services.user_links import linked_user_refs
from cookies import access
from cookies.admin.pages import opens, page_url
from cookies.admin.read_only import ReadOnly
from cookies.models import Site

REFERENCE = re.compile(r"[0-9a-f]{64}")
NOT_FOUND = (
    "This is neither a consent id nor a reference, nor a user whose consents are linked. "
    "A consent id looks like 3f2b0c1e-8d64-4a57-9c1f-0b6a5d2e7f10, a reference has 64 letters and digits."
)


@admin.register(ConsentEvent)
class ConsentEventAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]  # Unfold has no types
    def get_queryset(self, request: HttpRequest) -> QuerySet[ConsentEvent]:
        sites = access.sites_with_role(request.user, access.READS_EVIDENCE)
        events = ConsentEvent.objects.filter(site__in=sites)
        return events.select_related("site", "version").prefetch_related("leaf").defer("version__payload")

    def get_urls(self) -> list[URLPattern]:
        find = path("find/", self.admin_site.admin_view(self.find), name="consent_consentevent_find")
        return [find, *super().get_urls()]

    def find(self, request: HttpRequest) -> HttpResponse:
        """A consent id opens its owner's record, and a user's id names them. So they come by POST and leave as a hash:
        addresses are kept."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        typed = request.POST.get("typed", "").strip()
        url = _found(typed, [site.pk for site in _sites(request)]) if typed else list_url()
        if not url:
            messages.error(request, NOT_FOUND)
        return HttpResponseRedirect(url or list_url())

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The records of one website, or of one visitor, page by page."""
        if request.method not in ("GET", "HEAD") or not self.has_view_permission(request):
            raise PermissionDenied
        asked, sites = request.GET, _sites(request)
        # A user has one reference per website.
        users = asked.getlist("user")[: len(sites)]
        reference = asked.get("q", "").strip().lower()
        site = next((site for site in sites if site.key == asked.get("website")), None)
        if site is None and sites and not reference and not users and not asked.get("website"):
            # One website at a time: over many at once no index keeps the order.
            site = sites[0]
        form = SearchForm(asked if site else {}, site=site)
        search = form.search if form.is_valid() else EventSearch()
        events = self.get_queryset(request).filter(site=site) if site else self.get_queryset(request)
        if reference:
            events = events.filter(consent_ref=reference)
        elif users:
            events = of_users(events, users, site_ids=[each.pk for each in sites])
        elif site is None:
            events = events.none()
        page = page_of(found(events, search), before=_uuid(asked.get("before")), after=_uuid(asked.get("after")))
        kept: dict[str, object] = {name: asked[name] for name in ("website", "q", *form.fields) if asked.get(name)}
        if users:
            kept["user"] = users
        context = {
            **self.admin_site.each_context(request),
            "title": "Consent records",
            "find_url": reverse("admin:consent_consentevent_find"),
            "list_url": list_url(),
            "reference": reference,
            "is_user": bool(users) and not reference,
            "is_found": bool(users or reference),
            "sites": sites,
            "site": site,
            "form": form,
            "is_filtered": search != EventSearch(),
            "page": page,
            "rows": [_row(event) for event in page.events],
            "newer_url": list_url(**kept, after=page.events[0].pk) if page.has_newer and page.events else "",
            "older_url": list_url(**kept, before=page.events[-1].pk) if page.has_older and page.events else "",
            "evidence_url": page_url(site, "evidence") if site and _opens(request, site, "evidence") else "",
        }
        return TemplateResponse(request, "admin/events/list.html", {**context, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One decision: what was shown, what was answered, what stands beside it, and what can be proved."""
        if request.method not in ("GET", "HEAD") or not self.has_view_permission(request):
            raise PermissionDenied
        key = _uuid(object_id)
        event = self.get_queryset(request).defer(None).filter(pk=key).first() if key else None
        if event is None:
            raise Http404("There is no such record, or it is of another website.")
        standing = standing_of(event.site_id)
        around = neighbours_of(event)
        context = {
            **self.admin_site.each_context(request),
            "title": event.get_action_display(),
            "event": event,
            "answers": list(answer_facts(event)),
            "shown": list(shown_facts(event)),
            "preview_url": frame_of(event),
            "frame_name": "What the visitor was shown",
            "version_url": page_url(event.site, "version", event.version.ordinal),
            "list_url": list_url(website=event.site.key),
            "visitor_url": list_url(q=event.consent_ref) if event.consent_ref else "",
            "around": {name: (other, event_url(other)) for name, other in around.items() if other},
            "proof": proof_of(event),
            "standing": standing,
            "check_covers": bool(standing.last_check and _covers(standing.last_check.size, event)),
            "evidence_url": page_url(event.site, "evidence") if _opens(request, event.site, "evidence") else "",
        }
        return TemplateResponse(request, "admin/events/event.html", context)


def list_url(**asked: object) -> str:
    url = reverse("admin:consent_consentevent_changelist")
    return f"{url}?{urlencode(asked, doseq=True)}" if asked else url


def event_url(event: ConsentEvent) -> str:
    return reverse("admin:consent_consentevent_change", args=[event.pk])


def _found(typed: str, site_ids: list[int]) -> str:
    """The address of what somebody means, or nothing. A consent id is what looks like one and is nothing else."""
    named = _uuid(typed)
    if named and (event := event_named(named, site_ids=site_ids)):
        return event_url(event)
    if users := linked_user_refs(site_ids=site_ids, typed=typed):
        return list_url(user=users)
    if REFERENCE.fullmatch(typed.lower()):
        return list_url(q=typed.lower())
    return list_url(q=consent_ref_of(named)) if named else ""


def _sites(request: HttpRequest) -> list[Site]:
    return list(access.sites_with_role(request.user, access.READS_EVIDENCE))


def _opens(request: HttpRequest, site: Site, name: str) -> bool:
    return opens(request, access.roles_of(request.user, site), name)


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None


def _covers(size: int, event: ConsentEvent) -> bool:
    return event.ledger_index is not None and event.ledger_index < size


def _row(event: ConsentEvent) -> dict[str, Any]:
    return {
        "event": event,
        "url": event_url(event),
        "granted": categories_words(event.categories, granted=True),
        "refused": categories_words(event.categories, granted=False),
        "signals": signals_words(event.signals),
        "version_url": page_url(event.site, "version", event.version.ordinal),
    }

"""What visitors decided, for auditors: to search and to read. Visitors are named by a hash, nothing else."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from consent.models import ConsentEvent
from consent.services.recording import consent_ref_of
from cookies import access
from cookies.admin.languages import language_name
from cookies.admin.pages import page_url
from cookies.admin.read_only import ReadOnly
from cookies.vocabulary import CATEGORY_LABELS, OPTIONAL_CATEGORIES

REFERENCE = re.compile(r"[0-9a-f]{64}")
NOT_FOUND = (
    "This is neither a consent id nor a reference. A consent id looks like 3f2b0c1e-8d64-4a57-9c1f-0b6a5d2e7f10, "
    "a reference has 64 letters and digits."
)
SIGNAL_WORDS = {"dnt": "Do Not Track", "gpc": "Global Privacy Control"}


class WebsiteFilter(admin.SimpleListFilter):
    """Only the websites whose evidence this person may read."""

    title = "website"
    parameter_name = "website"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        sites = access.sites_with_role(request.user, access.READS_EVIDENCE)
        return [(site.key, site.name) for site in sites]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ConsentEvent]) -> QuerySet[ConsentEvent]:
        return queryset.filter(site__key=self.value()) if self.value() else queryset


@admin.register(ConsentEvent)
class ConsentEventAdmin(ReadOnly, ModelAdmin):  # type: ignore[misc]  # Unfold has no types
    list_display = (
        "when",
        "website",
        "action",
        "surface",
        "granted",
        "refused",
        "language",
        "signals_said",
        "version_link",
    )
    list_filter = (WebsiteFilter, "action", "surface", "language", "received_at")
    list_select_related = ("site", "version")
    list_per_page = 50
    list_before_template = "admin/events/find.html"
    list_filter_sheet = True
    show_full_result_count = False
    ordering = ("-received_at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConsentEvent]:
        sites = access.sites_with_role(request.user, access.READS_EVIDENCE)
        return ConsentEvent.objects.filter(site__in=sites).select_related("site", "version")

    def get_urls(self) -> list[URLPattern]:
        find = path("find/", self.admin_site.admin_view(self.find), name="consent_consentevent_find")
        return [find, *super().get_urls()]

    def find(self, request: HttpRequest) -> HttpResponse:
        """A consent id opens its owner's record, so it comes by POST and leaves as a hash: addresses are kept."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        typed = request.POST.get("typed", "").strip().lower()
        url = reverse("admin:consent_consentevent_changelist")
        if not typed:
            return HttpResponseRedirect(url)
        if REFERENCE.fullmatch(typed):
            return HttpResponseRedirect(f"{url}?q={typed}")
        try:
            named = uuid.UUID(typed)
        except ValueError:
            messages.error(request, NOT_FOUND)
            return HttpResponseRedirect(url)
        # A receipt names its event; everything else that looks like this is a consent id.
        if event := self.get_queryset(request).filter(Q(event_id=named) | Q(pk=named)).first():
            return HttpResponseRedirect(reverse("admin:consent_consentevent_change", args=[event.pk]))
        return HttpResponseRedirect(f"{url}?q={consent_ref_of(named)}")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ConsentEvent], search_term: str
    ) -> tuple[QuerySet[ConsentEvent], bool]:
        if not search_term:
            return queryset, False
        return queryset.filter(consent_ref=search_term.strip().lower()), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {
            "title": "Consent records",
            "find_url": reverse("admin:consent_consentevent_find"),
            "found_reference": request.GET.get("q", ""),
            "all_url": reverse("admin:consent_consentevent_changelist"),
        }
        response: HttpResponse = super().changelist_view(request, {**context, **(extra_context or {})})
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One decision, in words."""
        if request.method not in ("GET", "HEAD") or not self.has_view_permission(request):
            raise PermissionDenied
        event = self.get_object(request, object_id)
        if event is None:
            raise Http404("There is no such record, or it is of another website.")
        context = {
            **self.admin_site.each_context(request),
            "title": event.get_action_display(),
            "event": event,
            "facts": list(_facts(event)),
            "version_url": page_url(event.site, "version", event.version.ordinal),
            "list_url": reverse("admin:consent_consentevent_changelist"),
        }
        return TemplateResponse(request, "admin/events/event.html", context)

    @admin.display(description="Website", ordering="site__name")
    def website(self, event: ConsentEvent) -> str:
        return event.site.name

    @admin.display(description="Time", ordering="received_at")
    def when(self, event: ConsentEvent) -> str:
        return f"{event.received_at:%Y-%m-%d %H:%M:%S} UTC"

    @admin.display(description="Allowed")
    def granted(self, event: ConsentEvent) -> str:
        return _categories(event.categories, granted=True)

    @admin.display(description="Refused")
    def refused(self, event: ConsentEvent) -> str:
        return _categories(event.categories, granted=False)

    @admin.display(description="Signals")
    def signals_said(self, event: ConsentEvent) -> str:
        return _signals(event.signals)

    @admin.display(description="Version", ordering="version__ordinal")
    def version_link(self, event: ConsentEvent) -> SafeString:
        url = page_url(event.site, "version", event.version.ordinal)
        return format_html('<a class="sy-link" href="{}">{}</a>', url, event.version.ordinal)


def _facts(event: ConsentEvent) -> Iterator[tuple[str, str]]:
    """What is known of a decision. What was erased is said to be."""
    erased = "Erased" if event.consent_ref is None else "Not known"
    exceptions = [f"{slug}: {'allowed' if is_on else 'refused'}" for slug, is_on in sorted(event.partners.items())]
    yield "Allowed", _categories(event.categories, granted=True)
    yield "Refused", _categories(event.categories, granted=False)
    yield "Exceptions for partners", ", ".join(exceptions) or "None"
    yield "Language", language_name(event.language) if event.language else erased
    yield "Law that was shown", event.regime_shown or "Not known"
    yield "Law as the server saw it", event.regime_seen or "Not known"
    yield "Signals, as the browser said", _signals(event.signals)
    yield "Signals, as the server saw them", _signals(event.signals_seen)
    yield "Country", event.country or erased
    yield "Device", event.device_class or erased
    yield "Clicked by", {True: "A person", False: "A program", None: "Not known"}[event.trusted]
    yield "Time on the visitor's clock", f"{event.client_time:%Y-%m-%d %H:%M:%S} UTC" if event.client_time else erased
    yield "Number of the receipt", str(event.event_id)


def _categories(categories: Mapping[str, bool], *, granted: bool) -> str:
    words = [CATEGORY_LABELS[code] for code in OPTIONAL_CATEGORIES if bool(categories.get(code)) is granted]
    return ", ".join(words) or "Nothing optional" if granted else ", ".join(words) or "Nothing"


def _signals(signals: Mapping[str, bool]) -> str:
    return ", ".join(words for name, words in SIGNAL_WORDS.items() if signals.get(name)) or "None"

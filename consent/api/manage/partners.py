"""The partners of a website: from the library or by hand, changed, archived and restored."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from consent.api.manage.bodies import Body, Texts, read_body, read_query
from consent.api.manage.etags import tagged
from consent.api.manage.paging import page_of
from consent.api.manage.problems import Problem, malformed
from consent.api.manage.schema import CURSOR, IF_MATCH, IF_NONE_MATCH, LIMIT, listing, not_modified, operation
from consent.api.manage.view import ManageView
from cookies.admin.log import ADDITION, record_token_action
from cookies.models import Partner
from cookies.services.catalogue import (
    add_library_partner,
    add_own_partner,
    archive_partners,
    first_start,
    restore_partners,
    start_error,
    update_partner,
)
from cookies.vocabulary import CATEGORIES, LOAD_MODES, PURPOSES, TECHNOLOGIES

FACTS = (
    "slug",
    "library",
    "name",
    "legal_entity",
    "country",
    "category",
    "purpose",
    "purposes",
    "privacy_notice_url",
    "opt_out_url",
    "hosts",
    "technologies",
    "sale_or_share",
    "necessity_justification",
    "starts_on",
    "parameters",
    "load_mode",
)
PARTNER = {
    "slug": "google-analytics",
    "library": "google-analytics",
    "name": "Google Analytics",
    "legal_entity": "Google Ireland Limited",
    "country": "IE",
    "category": "performance",
    "purpose": {"en": "Counts visits and shows how people use the website."},
    "purposes": ["audience_measurement"],
    "privacy_notice_url": "https://policies.example.com/privacy",
    "opt_out_url": "",
    "hosts": ["www.googletagmanager.com"],
    "technologies": ["cookie", "tag"],
    "sale_or_share": False,
    "necessity_justification": "",
    "starts_on": None,
    "parameters": {"measurement_id": "G-AB12CD34EF"},
    "load_mode": "managed",
    "archived": False,
    "etag": "5b1f0d7f0c9a3f2b4d1e8a6c5b7f9e1d",
}
# Only the library knows what a tag needs, and how else than gated it can be loaded.
OF_THE_LIBRARY = ("parameters", "load_mode")
SLUG = OpenApiParameter("slug", str, OpenApiParameter.PATH, description="The partner's short name.")


class PartnerSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    library = serializers.CharField(help_text="The library's name for it; empty for one that was made by hand.")
    name = serializers.CharField()
    legal_entity = serializers.CharField()
    country = serializers.CharField()
    category = serializers.ChoiceField(choices=CATEGORIES)
    purpose = Texts()
    purposes = serializers.ListField(child=serializers.ChoiceField(choices=PURPOSES))
    privacy_notice_url = serializers.CharField()
    opt_out_url = serializers.CharField()
    hosts = serializers.ListField(child=serializers.CharField())
    technologies = serializers.ListField(child=serializers.ChoiceField(choices=TECHNOLOGIES))
    sale_or_share = serializers.BooleanField()
    necessity_justification = serializers.CharField(help_text="A reviewer writes it, in the admin.")
    starts_on = serializers.DateField(allow_null=True)
    parameters = serializers.DictField(child=serializers.CharField())
    load_mode = serializers.ChoiceField(choices=LOAD_MODES)
    archived = serializers.BooleanField()
    etag = serializers.CharField()


class PartnerFacts(Body):
    """What may be said of a partner."""

    name = serializers.CharField(max_length=120, required=False)
    legal_entity = serializers.CharField(max_length=200, allow_blank=True, required=False)
    country = serializers.RegexField(r"^([A-Z]{2})?\Z", allow_blank=True, required=False)
    category = serializers.ChoiceField(choices=CATEGORIES, required=False)
    purpose = Texts(required=False)
    purposes = serializers.ListField(child=serializers.ChoiceField(choices=PURPOSES), required=False)
    privacy_notice_url = serializers.CharField(max_length=500, allow_blank=True, required=False)
    opt_out_url = serializers.CharField(max_length=500, allow_blank=True, required=False)
    hosts = serializers.ListField(child=serializers.CharField(max_length=253), max_length=100, required=False)
    technologies = serializers.ListField(child=serializers.ChoiceField(choices=TECHNOLOGIES), required=False)
    sale_or_share = serializers.BooleanField(required=False)
    starts_on = serializers.DateField(allow_null=True, required=False)
    parameters = serializers.DictField(child=serializers.CharField(max_length=300), required=False)
    load_mode = serializers.ChoiceField(choices=LOAD_MODES, required=False)


class PartnerChanges(PartnerFacts):
    """The short name stays for good."""

    archived = serializers.BooleanField(required=False)


class NewPartner(PartnerFacts):
    """`library` and its `parameters`, or a `slug` and all that visitors are told."""

    library = serializers.CharField(max_length=40, required=False)
    slug = serializers.RegexField(r"^[a-z0-9-]{1,40}\Z", required=False)


class PartnerQuery(Body):
    category = serializers.ChoiceField(choices=CATEGORIES, required=False)
    archived = serializers.BooleanField(required=False)


class PartnersView(ManageView):
    """GET and POST /api/v1/manage/sites/{key}/partners."""

    verbs = {"GET": "read", "POST": "write"}

    @operation(
        "partners",
        {200: listing("PartnerPage", PartnerSerializer), 304: not_modified()},
        query=[PartnerQuery, CURSOR, LIMIT, IF_NONE_MATCH],
        example={"results": [PARTNER], "next_cursor": None},
    )
    def get(self, request: Request, key: str) -> HttpResponse:
        """By short name. `archived=true` for those that left, `false` for those in use."""
        asked = read_query(request, PartnerQuery, paged=True)
        rows = self.site.partners.all()
        if "category" in asked:
            rows = rows.filter(category=asked["category"])
        if "archived" in asked:
            rows = rows.filter(archived_at__isnull=not asked["archived"])
        page = page_of(request, rows, name="partners", site_id=self.site.pk, order=["slug"], filters=asked)
        results = [partner_record(partner) for partner in page.rows]
        return self.answer({"results": results, "next_cursor": page.next_cursor})

    @operation(
        "add_partner",
        {201: PartnerSerializer},
        takes=NewPartner,
        refuses=(409, 415, 422),
        example=PARTNER,
        sent={"library": "google-analytics", "parameters": {"measurement_id": "G-AB12CD34EF"}},
    )
    def post(self, request: Request, key: str) -> HttpResponse:
        """Add one. Where `starts_on` is missing, it starts as the website's promise to announce partners says."""
        facts = read_body(request, NewPartner)
        today = timezone.now().date()
        facts.setdefault("starts_on", first_start(notice_days=self.site.partner_notice_days, today=today))
        return self.change(lambda: self._add(facts, today))

    def _add(self, facts: dict[str, Any], today: date) -> HttpResponse:
        _check_start(facts, before=None, today=today)
        library = facts.pop("library", "")
        partner = self._from_library(library, facts) if library else self._by_hand(facts)
        how = "from the library" if library else "by hand"
        record_token_action(self.token, f"Added the partner {partner.name} {how}.", flag=ADDITION)
        _say_if_early(self, partner)
        return self.answer(partner_record(partner), status=201)

    def _from_library(self, library: str, facts: dict[str, Any]) -> Partner:
        known = ("category", "load_mode", "purpose", "starts_on", "parameters")
        if surplus := set(facts) - set(known):
            raise malformed(dict.fromkeys(sorted(surplus), "The library knows this. Change it once it is added."))
        return add_library_partner(site=self.site, library=library, **{"parameters": {}, **facts})

    def _by_hand(self, facts: dict[str, Any]) -> Partner:
        _refuse_library_facts(facts)
        needed = ("slug", "name", "category", "purpose", "purposes")
        if missing := {name: "This is missing." for name in needed if not facts.get(name)}:
            raise malformed(missing)
        return add_own_partner(site=self.site, **facts)


class PartnerView(ManageView):
    """GET and PATCH /api/v1/manage/sites/{key}/partners/{slug}."""

    verbs = {"GET": "read", "PATCH": "write"}

    @operation("partner", {200: PartnerSerializer, 304: not_modified()}, query=[SLUG, IF_NONE_MATCH], example=PARTNER)
    def get(self, request: Request, key: str, slug: str) -> HttpResponse:
        """One partner."""
        return self.answer(partner_record(self._partner(slug)))

    @operation(
        "change_partner",
        {200: PartnerSerializer},
        takes=PartnerChanges,
        query=[SLUG, IF_MATCH],
        refuses=(409, 412, 415, 422, 428),
        example=PARTNER,
        sent={"category": "targeting"},
    )
    def patch(self, request: Request, key: str, slug: str) -> HttpResponse:
        """Change what is sent. `archived` takes it out of the next version, or brings it back; nothing is deleted."""
        facts = read_body(request, PartnerChanges, partial=True)
        return self.change(
            lambda: self._write(self._partner(slug), facts),
            state=lambda: str(partner_record(self._partner(slug))["etag"]),
        )

    def _partner(self, slug: str) -> Partner:
        partner = self.site.partners.filter(slug=slug).first()
        if partner is None:
            raise Problem(404, "unknown_partner", "The website has no partner with this short name.")
        return partner

    def _write(self, partner: Partner, facts: dict[str, Any]) -> HttpResponse:
        now, was_early = timezone.now(), partner.loads_early
        archived = facts.pop("archived", None)
        if facts:
            if not partner.library:
                _refuse_library_facts(facts)
            _check_start(facts, before=partner.starts_on, today=now.date())
            update_partner(partner=partner, **facts)
            record_token_action(self.token, f"Changed the partner {partner.name}.")
        if archived and archive_partners(partners=[partner], now=now):
            record_token_action(self.token, f"Archived the partner {partner.name}.")
        elif archived is False and partner.archived_at:
            restore_partners(partners=[partner])
            record_token_action(self.token, f"Restored the partner {partner.name}.")
        partner.refresh_from_db()
        if not was_early:
            _say_if_early(self, partner)
        return self.answer(partner_record(partner))


def partner_record(partner: Partner) -> dict[str, Any]:
    facts = {name: getattr(partner, name) for name in FACTS}
    return tagged({**facts, "archived": partner.archived_at is not None})


def _check_start(facts: dict[str, Any], *, before: date | None, today: date) -> None:
    if over := start_error(facts.get("starts_on"), before=before, today=today):
        raise ValidationError({"starts_on": over})


def _refuse_library_facts(facts: dict[str, Any]) -> None:
    if surplus := [name for name in OF_THE_LIBRARY if name in facts]:
        raise malformed(dict.fromkeys(surplus, "Only partners of the library have this."))


def _say_if_early(view: ManageView, partner: Partner) -> None:
    """A tag that runs before a yes is somebody's decision, and the log says whose."""
    if partner.loads_early:
        record_token_action(view.token, f"Let the partner {partner.name} load before a yes.")

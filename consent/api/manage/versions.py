"""The draft, what was published of it, and publishing: the same services, check-list and four eyes as in the admin."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from consent.api.manage.bodies import Body, Texts, read_body, read_query
from consent.api.manage.etags import tagged
from consent.api.manage.paging import page_of
from consent.api.manage.problems import Problem, malformed
from consent.api.manage.schema import CURSOR, IF_NONE_MATCH, LIMIT, listing, not_modified, operation
from consent.api.manage.view import ManageView
from consent.checklist import Finding, blocking
from consent.differences import changes
from consent.models import NoticeVersion, Publication, SitePolicy
from consent.news import news_between
from consent.payload import canonical_json, digest_of
from consent.promises import promised_days
from consent.schedules import Dates, announcement_error, moment_words, planned, schedule_errors
from consent.services.checking import check_draft
from consent.services.publishing import (
    draft_of,
    draft_payload,
    is_approved,
    latest_payload,
    live_publication,
    publish,
    put_live,
)
from cookies.admin.log import DECISION, record_token_action

DATES = ("effective_at", "asked_from", "announced_until")
DIGEST = "3b1f0c5a9d2e47f68b90c1d2e3f4a5b63b1f0c5a9d2e47f68b90c1d2e3f4a5b6"
PUBLICATION = {
    "version": 4,
    "digest": DIGEST,
    "published_at": "2026-11-22T03:00:00Z",
    "effective_at": "2026-11-22T03:00:00Z",
    "grace_until": None,
    "announce_until": None,
    "announcement": {},
    "published_by": "Deployment (token)",
    "reason": "New chat",
}
VERSION = {
    "number": 4,
    "digest": DIGEST,
    "created_at": "2026-11-22T03:00:00Z",
    "is_live": True,
    "payload_url": f"https://consent.example.com/api/v1/versions/{DIGEST}",
    "publications": [PUBLICATION],
}
FINDING = {
    "code": "loads_before_yes",
    "sentence": "Google Analytics loads before a yes.",
    "page": "acknowledge",
    "field": "",
    "partner": "google-analytics",
    "language": "",
    "source": {"name": "Directive 2002/58/EC, Art. 5(3)", "url": "https://consent.example.com/"},
}
NUMBER = OpenApiParameter("number", int, OpenApiParameter.PATH, description="1 for a website's first version.")


class SourceSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    url = serializers.CharField()


class FindingSerializer(serializers.Serializer[Any]):
    """What speaks against publishing the draft, and where it is mended."""

    code = serializers.CharField()
    sentence = serializers.CharField()
    page = serializers.CharField()
    field = serializers.CharField()
    partner = serializers.CharField()
    language = serializers.CharField()
    source = SourceSerializer()  # type: ignore[assignment]  # a field of ours, not what the base class means by it


class DraftSerializer(serializers.Serializer[Any]):
    digest = serializers.CharField(help_text="Names this state of the draft; publishing asks for it.")
    has_changes = serializers.BooleanField()
    changes = serializers.ListField(child=serializers.CharField(), help_text="What visitors would notice.")
    blocking = FindingSerializer(many=True)
    advice = FindingSerializer(many=True)
    needs_review = serializers.BooleanField()
    is_approved = serializers.BooleanField()


class PublicationSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField()
    digest = serializers.CharField()
    published_at = serializers.DateTimeField()
    effective_at = serializers.DateTimeField()
    grace_until = serializers.DateTimeField(allow_null=True)
    announce_until = serializers.DateTimeField(allow_null=True)
    announcement = Texts()
    published_by = serializers.CharField()
    reason = serializers.CharField()


class PublishedVersionSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    digest = serializers.CharField()
    created_at = serializers.DateTimeField()
    is_live = serializers.BooleanField()
    payload_url = serializers.CharField(help_text="Everything that visitors were shown; public.")
    publications = PublicationSerializer(many=True)


class PublicationBody(Body):
    """`draft` to publish it, or the `version` to go back to. Where a day is missing, what the policy promises holds."""

    draft = serializers.RegexField(r"^[0-9a-f]{64}\Z", required=False, help_text="Its digest, as you looked at it.")
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    reason = serializers.CharField(max_length=300, allow_blank=True, required=False)
    effective_at = serializers.DateTimeField(allow_null=True, required=False)
    asked_from = serializers.DateField(allow_null=True, required=False)
    announced_until = serializers.DateField(allow_null=True, required=False)
    announcement = Texts(required=False)


class NoQuery(Body):
    """Nothing can be asked for."""


class DraftView(ManageView):
    """GET /api/v1/manage/sites/{key}/draft."""

    @operation(
        "draft",
        {200: DraftSerializer, 304: not_modified()},
        query=[IF_NONE_MATCH],
        example={
            "digest": DIGEST,
            "has_changes": True,
            "changes": ["Chat is new."],
            "blocking": [FINDING],
            "advice": [],
            "needs_review": False,
            "is_approved": False,
        },
    )
    def get(self, request: Request, key: str) -> HttpResponse:
        """What publishing would put before visitors now, and what speaks against it."""
        draft, before = draft_payload(self.site), latest_payload(self.site)
        digest = digest_of(canonical_json(draft))
        has_changes = before is None or digest_of(canonical_json(before)) != digest
        found = check_draft(site=self.site, payload=draft)
        return self.answer(
            {
                "digest": digest,
                "has_changes": has_changes,
                "changes": changes(before, draft, now=timezone.now()) if has_changes else [],
                "blocking": finding_records(blocking(found)),
                "advice": finding_records(finding for finding in found if not finding.is_blocking),
                "needs_review": draft_of(self.site)[1].four_eyes,
                "is_approved": is_approved(self.site, digest),
            }
        )


class VersionsView(ManageView):
    """GET /api/v1/manage/sites/{key}/versions."""

    @operation(
        "versions",
        {200: listing("VersionPage", PublishedVersionSerializer), 304: not_modified()},
        query=[CURSOR, LIMIT, IF_NONE_MATCH],
        example={"results": [VERSION], "next_cursor": None},
    )
    def get(self, request: Request, key: str) -> HttpResponse:
        """The newest first."""
        asked = read_query(request, NoQuery, paged=True)
        rows = _versions(self)
        page = page_of(request, rows, name="versions", site_id=self.site.pk, order=["-ordinal"], filters=asked)
        live = _live_id(self)
        results = [version_record(version, live) for version in page.rows]
        return self.answer({"results": results, "next_cursor": page.next_cursor})


class VersionView(ManageView):
    """GET /api/v1/manage/sites/{key}/versions/{number}."""

    @operation(
        "published_version",
        {200: PublishedVersionSerializer, 304: not_modified()},
        query=[NUMBER, IF_NONE_MATCH],
        example=VERSION,
    )
    def get(self, request: Request, key: str, number: str) -> HttpResponse:
        """One version, and when it was put before visitors."""
        return self.answer(version_record(_version(self, int(number)), _live_id(self)))


class PublicationsView(ManageView):
    """POST /api/v1/manage/sites/{key}/publications."""

    verbs = {"POST": "publish"}

    @operation(
        "publish",
        {201: PublicationSerializer, 200: PublicationSerializer},
        takes=PublicationBody,
        refuses=(409, 415, 422),
        example=PUBLICATION,
        sent={"draft": DIGEST, "reason": "New chat"},
    )
    def post(self, request: Request, key: str) -> HttpResponse:
        """Put the draft, or an earlier version again, before visitors. 200 where that is live already."""
        body = read_body(request, PublicationBody)
        if ("draft" in body) == ("version" in body):
            raise malformed({"draft": "Name the draft's digest, or the version to go back to."})
        if "version" in body:
            if surplus := [name for name in (*DATES, "announcement") if name in body]:
                raise malformed(dict.fromkeys(surplus, "Going back takes effect at once."))
            return self.change(lambda: self._go_back(body))
        return self.change(lambda: self._publish(body))

    def _publish(self, body: dict[str, Any]) -> HttpResponse:
        now, draft, before = timezone.now(), draft_payload(self.site), latest_payload(self.site)
        dates = _dates(body, draft_of(self.site)[1], before, draft, now=now)
        try:
            publication = publish(
                site=self.site,
                by=self._actor(),
                now=now,
                reason=body.get("reason", ""),
                effective_at=dates.effective_at,
                grace_until=dates.grace_until,
                announce_until=dates.announce_until,
                announcement=body.get("announcement"),
                looked_at=body["draft"],
            )
        except ValidationError as error:
            raise _refused(self, error, draft) from None
        if publication is None:
            latest = self.site.publications.order_by("-id").select_related("version").first()
            assert latest
            return self.answer(publication_record(latest))
        when = f", in effect from {moment_words(publication.effective_at)}" if dates.effective_at > now else ""
        record_token_action(self.token, f"Published version {publication.version.ordinal}{when}.", flag=DECISION)
        return self.answer(publication_record(publication), status=201)

    def _go_back(self, body: dict[str, Any]) -> HttpResponse:
        version, now = _version(self, body["version"]), timezone.now()
        live = live_publication(self.site, now=now)
        if live and live.version_id == version.pk:
            return self.answer(publication_record(live))
        reason = body.get("reason") or f"Back to version {version.ordinal}."
        publication = put_live(version=version, by=self._actor(), now=now, reason=reason)
        record_token_action(self.token, f"Published version {version.ordinal} again.", flag=DECISION)
        return self.answer(publication_record(publication), status=201)

    def _actor(self) -> str:
        return f"{self.token.name} (token)"


def publication_record(publication: Publication) -> dict[str, Any]:
    same = ("published_at", "effective_at", "grace_until", "announce_until", "announcement", "published_by", "reason")
    return {
        "version": publication.version.ordinal,
        "digest": publication.version.digest,
        **{name: getattr(publication, name) for name in same},
    }


def version_record(version: NoticeVersion, live_id: int | None) -> dict[str, Any]:
    publications = list(version.publications.all())
    for publication in publications:
        publication.version = version
    return tagged(
        {
            "number": version.ordinal,
            "digest": version.digest,
            "created_at": version.created_at,
            "is_live": version.pk == live_id,
            "payload_url": f"{settings.PUBLIC_URL}/api/v1/versions/{version.digest}",
            "publications": [publication_record(publication) for publication in publications],
        }
    )


def finding_records(found: Iterable[Finding]) -> list[dict[str, Any]]:
    same = ("code", "sentence", "page", "field", "partner", "language")
    return [
        {
            **{name: getattr(finding, name) for name in same},
            "source": {"name": finding.source.name, "url": finding.source.url},
        }
        for finding in found
    ]


def _versions(view: ManageView) -> Any:
    newest_first = Prefetch("publications", queryset=Publication.objects.order_by("-id"))
    return view.site.versions.defer("payload").prefetch_related(newest_first)


def _version(view: ManageView, number: int) -> NoticeVersion:
    version: NoticeVersion | None = _versions(view).filter(ordinal=number).first()
    if version is None:
        raise Problem(404, "unknown_version", "The website has no version with this number.")
    return version


def _live_id(view: ManageView) -> int | None:
    live = Publication.objects.live(now=timezone.now()).filter(site=view.site)
    return live.values_list("version_id", flat=True).first()


def _dates(
    body: dict[str, Any],
    policy: SitePolicy,
    before: dict[str, Any] | None,
    draft: dict[str, Any],
    *,
    now: datetime,
) -> Dates:
    """When it counts. What is not said follows from the policy's promises; null says no. Raises ValidationError."""
    said = {name: body[name] for name in DATES if name in body}
    if before is None and (surplus := [name for name in (*said, "announcement") if body.get(name)]):
        raise ValidationError(dict.fromkeys(surplus, "Nothing is published yet, so nobody has chosen anything."))
    promised = promised_days(
        grace_days=policy.grace_days,
        announce_days=policy.announce_days,
        before=before,
        draft=draft,
        today=(said.get("effective_at") or now).date(),
    )
    days: dict[str, Any] = {**dict.fromkeys(DATES), **promised, **said}
    errors = schedule_errors(now=now, **days)
    has_news = bool(before and news_between(before, draft))
    if empty := announcement_error(
        announced_until=days["announced_until"], has_news=has_news, announcement=body.get("announcement", {})
    ):
        errors.setdefault("announced_until", empty)
    if errors:
        raise ValidationError(dict(errors))
    return planned(now=now, **days)


def _refused(view: ManageView, error: ValidationError, draft: dict[str, Any]) -> Exception:
    codes = {getattr(one, "code", None) for one in error.error_list}
    if "draft_changed" in codes:
        return Problem(409, "draft_changed", "The draft has changed since you read it. Look at it again, then publish.")
    if "not_approved" in codes:
        return Problem(409, "not_approved", " ".join(error.messages))
    found = blocking(check_draft(site=view.site, payload=draft))
    if codes & {finding.code for finding in found}:
        members = {"findings": finding_records(found)}
        return Problem(409, "blocked", "The check before publishing blocks this draft.", members=members)
    return error

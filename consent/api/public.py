"""The public API for everything but the hot path (Django REST framework): what is live, versions, one's own record."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from consent.api.cors import allow, checked_origin, preflight
from consent.api.errors import ApiError
from consent.api.own_table import own_events_csv
from consent.api.plain import known_site
from consent.delivery import live
from consent.models import ConsentEvent, NoticeVersion
from consent.reports.websites import history
from consent.services.erasure import erase_consent
from consent.services.recording import consent_ref_of
from consent.wellknown.tk import tell_update

IMMUTABLE = "public, max-age=31536000, immutable"
KEY = OpenApiParameter("key", str, OpenApiParameter.PATH, description="The website's public key.")
BEARER = OpenApiParameter(
    "Authorization", str, OpenApiParameter.HEADER, required=True, description="`Bearer` and the consent id."
)


AS_CSV = OpenApiParameter("as", str, enum=["csv"], description="`csv` for a table instead of JSON.")


class ErrorSerializer(serializers.Serializer[Any]):
    class Inner(serializers.Serializer[Any]):
        code = serializers.CharField()
        detail = serializers.CharField()
        fields = serializers.DictField(child=serializers.CharField(), required=False)  # type: ignore[assignment]

    error = Inner()


class LiveVersionSerializer(serializers.Serializer[Any]):
    digest = serializers.CharField()
    published_at = serializers.DateTimeField()


class SiteSerializer(serializers.Serializer[Any]):
    """What is live on a website."""

    key = serializers.CharField()
    name = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField())
    version = LiveVersionSerializer(allow_null=True)
    snippet_url = serializers.URLField()
    preferences_url = serializers.URLField()
    declaration_url = serializers.URLField()


class OwnEventSerializer(serializers.ModelSerializer[ConsentEvent]):
    """One of the visitor's own events."""

    version = serializers.CharField(source="version.digest")
    version_url = serializers.SerializerMethodField()
    receipt_url = serializers.SerializerMethodField()
    regime = serializers.CharField(source="regime_shown")

    class Meta:
        model = ConsentEvent
        fields = (
            "event_id",
            "received_at",
            "client_time",
            "action",
            "surface",
            "categories",
            "partners",
            "version",
            "version_url",
            "language",
            "regime",
            "signals",
            "signals_seen",
            "country",
            "device_class",
            "trusted",
            "receipt_url",
        )

    def get_version_url(self, event: ConsentEvent) -> str:
        return f"{settings.PUBLIC_URL}/api/v1/versions/{event.version.digest}"

    def get_receipt_url(self, event: ConsentEvent) -> str:
        return f"{settings.PUBLIC_URL}/p/{self.context['key']}/receipts/{event.event_id}"


class HistorySerializer(serializers.Serializer[Any]):
    results = OwnEventSerializer(many=True)


class PublicView(APIView):
    """Errors of our own in our own shape; everything else as Django REST framework does it."""

    def handle_exception(self, exc: Exception) -> Any:
        return exc.response() if isinstance(exc, ApiError) else super().handle_exception(exc)


class SiteView(PublicView):
    """GET /api/v1/sites/{key}."""

    throttle_classes = ()

    @extend_schema(operation_id="site", tags=["website"], parameters=[KEY], responses={200: SiteSerializer})
    def get(self, request: Request, key: str) -> HttpResponse:
        """What is live on a website: its languages, version and addresses."""
        site = known_site(key)
        body = {
            "key": site.key,
            "name": site.payload["site"]["name"] if site.payload else site.name,
            "languages": site.payload["languages"] if site.payload else [],
            "version": {
                "digest": site.version.digest,
                "published_at": site.published_at.isoformat().replace("+00:00", "Z"),
            }
            if site.version and site.published_at
            else None,
            "snippet_url": f"{settings.PUBLIC_URL}/s/{site.key}.js",
            "preferences_url": f"{settings.PUBLIC_URL}/p/{site.key}/",
            "declaration_url": f"{settings.PUBLIC_URL}/p/{site.key}/cookies/",
        }
        # The same version may be published again, at another time.
        named = f"{site.version.digest[:32]}-{site.published_at:%Y%m%d%H%M%S}" if site.version else "none"
        etag = f'"{named}"'
        if request.headers.get("If-None-Match") == etag:
            response: HttpResponse = HttpResponse(status=304)
        else:
            response = Response(body)
        response["ETag"] = etag
        response["Cache-Control"] = "public, max-age=60"
        response["Access-Control-Allow-Origin"] = "*"
        return response


class VersionView(PublicView):
    """GET /api/v1/versions/{digest}."""

    throttle_classes = ()

    @extend_schema(
        operation_id="version",
        tags=["website"],
        responses={
            200: OpenApiResponse(OpenApiTypes.OBJECT, "The payload, byte for byte what was hashed."),
            404: ErrorSerializer,
        },
    )
    def get(self, request: Request, digest: str) -> HttpResponse:
        """A published version: everything that visitors were shown. SHA-256 of the body is the digest."""
        version = NoticeVersion.objects.shown().filter(digest=digest).first()
        if version is None:
            raise ApiError(404, "unknown_version", "No version with this digest was ever published.")
        response = HttpResponse(bytes(version.payload), content_type="application/json")
        response["ETag"] = f'"{digest[:32]}"'
        response["Cache-Control"] = IMMUTABLE
        response["Access-Control-Allow-Origin"] = "*"
        return response


class VisitorView(PublicView):
    """What is a visitor's own: the consent id is the key to it, and travels as a bearer only."""

    @extend_schema(exclude=True)
    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return preflight(self._origin(request, kwargs["key"]), "GET, DELETE")

    def handle_exception(self, exc: Exception) -> Any:
        response = super().handle_exception(exc)
        origin = self.request.headers.get("Origin", "")
        site = live.get_site(self.kwargs["key"])
        if site and origin and not (isinstance(exc, ApiError) and exc.status == 403):
            allow(response, origin)
        return response

    def _origin(self, request: Request, key: str) -> str:
        # A browser sends no Origin on a same-origin GET; without the bearer nothing is told either way.
        if "Origin" not in request.headers:
            return ""
        return checked_origin(request, known_site(key))

    def _consent_ref(self, request: Request) -> str:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            consent_id = uuid.UUID(token.strip())
        except ValueError:
            consent_id = None
        if scheme.lower() != "bearer" or consent_id is None:
            raise ApiError(401, "consent_id_missing", "Send the consent id as `Authorization: Bearer`.")
        return consent_ref_of(consent_id)

    def _private(self, response: HttpResponse, origin: str) -> HttpResponse:
        response["Cache-Control"] = "private, no-store"
        if origin:
            allow(response, origin)
        return response


class ConsentsView(VisitorView):
    """GET and DELETE /api/v1/sites/{key}/consents: the visitor's own record."""

    @extend_schema(
        operation_id="consents",
        tags=["visitor"],
        parameters=[KEY, BEARER, AS_CSV],
        responses={
            (200, "application/json"): HistorySerializer,
            (200, "text/csv"): OpenApiTypes.STR,
            401: ErrorSerializer,
            404: ErrorSerializer,
        },
        examples=[
            OpenApiExample("None kept", value={"error": {"code": "no_record", "detail": "…"}}, status_codes=[404])
        ],
    )
    def get(self, request: Request, key: str) -> HttpResponse:
        """The visitor's own events, newest first."""
        site, origin = known_site(key), self._origin(request, key)
        events = list(history(site_id=site.id, consent_ref=self._consent_ref(request)))
        if not events:
            raise no_record()
        own = OwnEventSerializer(events, many=True, context={"key": key}).data
        if request.query_params.get("as") == "csv":
            response = HttpResponse(own_events_csv(own), content_type="text/csv; charset=utf-8")
            response["Content-Disposition"] = f'attachment; filename="{key}-consent-record.csv"'
            return self._private(response, origin)
        return self._private(Response({"results": own}), origin)

    @extend_schema(
        operation_id="erase_consents",
        tags=["visitor"],
        parameters=[KEY, BEARER],
        responses={204: None, 401: ErrorSerializer, 404: ErrorSerializer},
    )
    def delete(self, request: Request, key: str) -> HttpResponse:
        """Erase what points to the visitor. What was decided stays as evidence that belongs to nobody."""
        site, origin = known_site(key), self._origin(request, key)
        if not erase_consent(site_id=site.id, consent_ref=self._consent_ref(request)):
            raise no_record()
        response = self._private(HttpResponse(status=204), origin)
        tell_update(response)
        return response


def no_record() -> ApiError:
    return ApiError(404, "no_record", "Nothing is kept under this consent id.")


def event_example() -> dict[str, Any]:
    """A body of POST …/events, for the documentation."""
    example: dict[str, Any] = json.loads(
        '{"event_id": "0b7d8f4e-6f0a-4c8e-9a53-1f0f5f3c7a10", "consent_id": "5f0e2a8c-3f39-4d7a-8a43-0a6f4a1d9b21",'
        '"action": "save", "surface": "preferences",'
        '"categories": {"performance": true, "functional": true, "targeting": false}, "partners": {"hubspot": false},'
        '"version": "3b1f0c5a9d2e47f68b90c1d2e3f4a5b63b1f0c5a9d2e47f68b90c1d2e3f4a5b6", "language": "en",'
        '"regime": "eu", "signals": {"gpc": false, "dnt": false}, "client_time": "2026-11-22T03:00:00Z",'
        '"trusted": true, "build": "a1b2c3d4e5f6", "variant": null}'
    )
    return example

"""/ledger/KEY/…: a ledger as others follow it (C2SP tlog-tiles), and proofs as JSON. Hashes only, no record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consent.api.errors import ApiError
from consent.api.public import IMMUTABLE, KEY, ErrorSerializer, PublicView
from consent.ledger.tiles import read_path
from consent.models import Ledger
from consent.reports.ledger import published_tile
from consent.reports.proofs import ProofUnavailable, consistency_proof, inclusion_proof, verifier_keys

TEXT = "text/plain; charset=utf-8"


@require_safe
def checkpoint(request: HttpRequest, key: str) -> HttpResponse:
    """The newest signed checkpoint. It changes, so nobody keeps it for longer than a few seconds."""
    ledger = published_ledger(key)
    newest = ledger.checkpoints.first() if ledger else None
    if newest is None:
        return _nothing()
    return _open(HttpResponse(newest.note, content_type=TEXT), "public, max-age=5")


@require_safe
def tile(request: HttpRequest, key: str, path: str) -> HttpResponse:
    """A tile within what was signed: it never changes. Entries are not published, so there is no address for them."""
    ledger, coordinate = published_ledger(key), read_path(path)
    raw = published_tile(ledger, coordinate) if ledger and coordinate else None
    if not raw:
        return _nothing()
    return _open(HttpResponse(raw, content_type="application/octet-stream"), IMMUTABLE)


@require_safe
def keys(request: HttpRequest, key: str) -> HttpResponse:
    """The verifier keys, one a line, the newest first. Given for every ledger: receipts are checked with them."""
    ledger = Ledger.objects.filter(site__key=key).first()
    if ledger is None:
        return _nothing()
    lines = "".join(f"{verifier}\n" for verifier in verifier_keys(ledger))
    return _open(HttpResponse(lines, content_type=TEXT), "public, max-age=300")


def published_ledger(key: str) -> Ledger | None:
    return Ledger.objects.filter(site__key=key, site__policy__publish_ledger=True).first()


def _nothing() -> HttpResponse:
    return HttpResponse("There is nothing at this address.\n", status=404, content_type=TEXT)


def _open(response: HttpResponse, caching: str) -> HttpResponse:
    response["Cache-Control"] = caching
    response["Access-Control-Allow-Origin"] = "*"
    return response


class InclusionSerializer(serializers.Serializer[Any]):
    """Hashes are base64; the proof begins at the leaf (RFC 6962 §2.1.1)."""

    origin = serializers.CharField()
    index = serializers.IntegerField()
    size = serializers.IntegerField()
    leaf_hash = serializers.CharField()
    proof = serializers.ListField(child=serializers.CharField())
    checkpoint = serializers.CharField(help_text="A signed note.")


class ConsistencySerializer(serializers.Serializer[Any]):
    """Hashes are base64 (RFC 6962 §2.1.2)."""

    origin = serializers.CharField()
    first = serializers.IntegerField()
    size = serializers.IntegerField()
    first_root = serializers.CharField()
    proof = serializers.ListField(child=serializers.CharField())
    checkpoint = serializers.CharField(help_text="A signed note.")


SIZE = OpenApiParameter("size", OpenApiTypes.INT64, description="Of a signed checkpoint; without it, the newest.")


class InclusionView(PublicView):
    """GET /api/v1/sites/{key}/ledger/inclusion."""

    @extend_schema(
        operation_id="inclusion_proof",
        tags=["ledger"],
        parameters=[KEY, OpenApiParameter("index", OpenApiTypes.INT64, required=True), SIZE],
        responses={200: InclusionSerializer, 400: ErrorSerializer, 404: ErrorSerializer},
    )
    def get(self, request: Request, key: str) -> Response:
        """That a leaf stands in a published ledger."""
        index, size = _number(request, "index"), _optional(request, "size")
        return _proof(key, lambda ledger: inclusion_proof(ledger, index=index, size=size))


class ConsistencyView(PublicView):
    """GET /api/v1/sites/{key}/ledger/consistency."""

    @extend_schema(
        operation_id="consistency_proof",
        tags=["ledger"],
        parameters=[KEY, OpenApiParameter("first", OpenApiTypes.INT64, required=True), SIZE],
        responses={200: ConsistencySerializer, 400: ErrorSerializer, 404: ErrorSerializer},
    )
    def get(self, request: Request, key: str) -> Response:
        """That a published ledger only grew."""
        first, size = _number(request, "first"), _optional(request, "size")
        return _proof(key, lambda ledger: consistency_proof(ledger, first=first, size=size))


def _proof(key: str, prove: Callable[[Ledger], dict[str, Any]]) -> Response:
    ledger = published_ledger(key)
    if ledger is None:
        raise ApiError(404, "ledger_not_published", "This website has not published its ledger.")
    try:
        response = Response(prove(ledger))
    except ProofUnavailable as error:
        raise ApiError(404, "no_proof", str(error)) from None
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "no-cache"
    return response


def _number(request: Request, name: str) -> int:
    raw = request.query_params.get(name, "")
    # More digits than a ledger can ever have leaves are no number that a database takes.
    if not raw.isascii() or not raw.isdecimal() or len(raw) > 18:
        raise ApiError(400, "malformed", f"`{name}` is a whole number.", fields={name: "A whole number."})
    return int(raw)


def _optional(request: Request, name: str) -> int | None:
    return _number(request, name) if name in request.query_params else None

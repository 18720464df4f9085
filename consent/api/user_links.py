"""A website's own users: linking a consent to one, what they decided last, erasing by user.

Who the user is, only the website knows: its server signs it (consent/user_tokens.py), and its page or server sends it.
"""

from __future__ import annotations

from datetime import UTC
from typing import Any

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consent.api.cors import preflight
from consent.api.errors import ApiError
from consent.api.plain import known_site, read_body
from consent.api.public import BEARER, KEY, ErrorSerializer, VisitorView, no_record
from consent.api.throttling import seconds_to_wait, seconds_to_wait_as_user
from consent.delivery.live import LiveSite
from consent.models import ConsentEvent
from consent.services.user_links import (
    LinkedToAnother,
    NothingRecorded,
    erase_user,
    link_consent,
    newest_decision_of,
    user_ref_of,
)
from consent.user_tokens import TokenRefused
from consent.wellknown.tk import tell_update

MOST_BYTES = 4096
TOKEN = OpenApiParameter(
    "Authorization", str, OpenApiParameter.HEADER, required=True, description="`Bearer` and the token."
)


class LinkBody(msgspec.Struct, forbid_unknown_fields=True):
    token: str


class LastDecisionSerializer(serializers.Serializer[Any]):
    """What a user decided last, on whichever device."""

    decided_at = serializers.DateTimeField()
    action = serializers.CharField()
    categories = serializers.DictField(child=serializers.BooleanField())
    partners = serializers.DictField(child=serializers.BooleanField())
    version = serializers.CharField()
    regime = serializers.CharField()
    language = serializers.CharField(allow_null=True)


LINK_BODY = inline_serializer("Link", {"token": serializers.CharField()})
_decoder = msgspec.json.Decoder(LinkBody)


class UserView(VisitorView):
    """Each user is a client of their own: a website's server asks for all of them from one address."""

    throttle_classes = ()


class LinkView(UserView):
    """PUT /api/v1/sites/{key}/consents/link: the consent id opens the consent, the token says whose it is."""

    @extend_schema(exclude=True)
    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return preflight(self._origin(request, kwargs["key"]), "PUT")

    @extend_schema(
        operation_id="link_consent",
        tags=["visitor"],
        parameters=[KEY, BEARER],
        request=LINK_BODY,
        responses={204: None, **dict.fromkeys((400, 401, 404, 409, 413, 415, 429), ErrorSerializer)},
    )
    def put(self, request: Request, key: str) -> HttpResponse:
        """Say that a consent is a user's of the website. Saying it again changes nothing."""
        site, origin = known_site(key), self._origin(request, key)
        consent_ref = self._consent_ref(request)
        token = read_body(request._request, _decoder, most_bytes=MOST_BYTES).token
        user_ref = named_user(request, site, token)
        try:
            link_consent(site_id=site.id, user_ref=user_ref, consent_ref=consent_ref, now=timezone.now())
        except NothingRecorded:
            raise no_record() from None
        except LinkedToAnother:
            raise ApiError(
                409, "linked_to_another", "This consent is linked to another user. Nothing was changed."
            ) from None
        return self._private(HttpResponse(status=204), origin)


class UserConsentsView(UserView):
    """GET and DELETE /api/v1/sites/{key}/users/consents: what belongs to the user whom the token names."""

    @extend_schema(
        operation_id="last_decision_of_user",
        tags=["visitor"],
        parameters=[KEY, TOKEN],
        responses={200: LastDecisionSerializer, **dict.fromkeys((401, 404, 413, 429), ErrorSerializer)},
    )
    def get(self, request: Request, key: str) -> HttpResponse:
        """What the user decided last, on whichever device."""
        site, origin = known_site(key), self._origin(request, key)
        event = newest_decision_of(site_id=site.id, user_ref=named_user(request, site, bearer_of(request)))
        if event is None:
            raise nothing_linked()
        return self._private(Response(_decision(event)), origin)

    @extend_schema(
        operation_id="erase_user",
        tags=["visitor"],
        parameters=[KEY, TOKEN],
        responses={204: None, **dict.fromkeys((401, 404, 413, 429), ErrorSerializer)},
    )
    def delete(self, request: Request, key: str) -> HttpResponse:
        """Erase every consent that is linked to the user, as its visitor could, and the links."""
        site, origin = known_site(key), self._origin(request, key)
        if not erase_user(site_id=site.id, user_ref=named_user(request, site, bearer_of(request))):
            raise nothing_linked()
        response = self._private(HttpResponse(status=204), origin)
        tell_update(response)
        return response


def bearer_of(request: Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ApiError(401, "token_missing", "Send the token as `Authorization: Bearer`.")
    return token.strip()


def named_user(request: Request, site: LiveSite, token: str) -> str:
    """The reference of the user. Raises ApiError for a token that opens nothing, and for too many requests: of this
    user, or of whoever sends tokens that open nothing."""
    try:
        user_ref = user_ref_of(site_id=site.id, site_key=site.key, token=token, now=timezone.now())
    except TokenRefused as error:
        _refuse_too_many(seconds_to_wait(request))
        raise ApiError(413 if error.code == "token_too_large" else 401, error.code, str(error)) from None
    _refuse_too_many(seconds_to_wait_as_user(user_ref))
    return user_ref


def _refuse_too_many(wait: float | None) -> None:
    if wait:
        raise ApiError(429, "too_many_requests", "Too many requests. Wait, then send it again.", retry_after=wait)


def nothing_linked() -> ApiError:
    return ApiError(404, "no_record", "Nothing is linked to this user.")


def _decision(event: ConsentEvent) -> dict[str, Any]:
    return {
        "decided_at": event.received_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "action": event.action,
        "categories": event.categories,
        "partners": event.partners,
        "version": event.version.digest,
        "regime": event.regime_shown,
        "language": event.language,
    }

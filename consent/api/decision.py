"""GET /api/v1/sites/{key}/decision: what a website needs to decide by itself, from the worker's memory."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from consent.api.plain import known_site, nothing_published
from consent.api.public import KEY, ErrorSerializer, PublicView
from consent.decision_facts import DNT_POLICIES, MODELS, REACHES, SIGNALS, DecisionFacts, facts_as_dict
from consent.payload import canonical_json

# Whoever decides by this goes on with what it has while we are away.
FRESH = "public, max-age=60, stale-while-revalidate=86400, stale-if-error=604800"


class DecidingPartnerSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    category = serializers.CharField()
    added = serializers.IntegerField(help_text="Ordinal of the version that brought it.")
    sale_or_share = serializers.BooleanField()
    starts_at = serializers.IntegerField(help_text="Unix seconds; 0 for at once.")
    runs_unasked = serializers.BooleanField(help_text="Its tag loads itself, and is only told what was decided.")


class DecidingVersionSerializer(serializers.Serializer[Any]):
    digest = serializers.CharField(help_text="First twelve hex digits, as in the consent cookie.")
    ordinals = serializers.DictField(child=serializers.IntegerField())
    categories = serializers.DictField(child=serializers.IntegerField())
    partners = DecidingPartnerSerializer(many=True)
    grace = serializers.DictField(child=serializers.IntegerField())
    announce_until = serializers.IntegerField()


class DecidingRegimeSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    model = serializers.ChoiceField(MODELS)
    defaults = serializers.DictField(child=serializers.BooleanField())
    signals = serializers.ListField(child=serializers.ChoiceField(SIGNALS))
    reach = serializers.ChoiceField(REACHES)
    grant_days = serializers.IntegerField()
    refusal_days = serializers.IntegerField()
    accepts = serializers.ListField(child=serializers.CharField(), allow_null=True)


class DecidingPolicySerializer(serializers.Serializer[Any]):
    dnt = serializers.ChoiceField(DNT_POLICIES)


class DecisionFactsSerializer(serializers.Serializer[Any]):
    version = DecidingVersionSerializer()
    regimes = DecidingRegimeSerializer(many=True)
    policy = DecidingPolicySerializer()
    languages = serializers.ListField(child=serializers.CharField())


class DecisionView(PublicView):
    """GET /api/v1/sites/{key}/decision."""

    throttle_classes = ()

    @extend_schema(
        operation_id="decision",
        tags=["website"],
        parameters=[KEY],
        responses={200: DecisionFactsSerializer, 404: ErrorSerializer},
    )
    def get(self, request: Request, key: str) -> HttpResponse:
        """What a decision needs of what is live, the same for every visitor."""
        body = canonical_json(facts_as_dict(live_facts(key)))
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        response = HttpResponse(body, content_type="application/json")
        response["ETag"] = etag
        response["Cache-Control"] = FRESH
        answer = get_conditional_response(request._request, etag=etag, response=response) or response
        answer["Access-Control-Allow-Origin"] = "*"
        return answer

    def handle_exception(self, exc: Exception) -> Any:
        response = super().handle_exception(exc)
        response["Access-Control-Allow-Origin"] = "*"
        return response


def live_facts(key: str) -> DecisionFacts:
    site = known_site(key)
    if site.payload is None or site.deciding is None:
        raise nothing_published()
    return DecisionFacts(
        regimes=site.regimes,
        version=site.deciding,
        dnt_policy=site.payload["policy"]["dnt"],
        languages=tuple(site.payload["languages"]),
    )

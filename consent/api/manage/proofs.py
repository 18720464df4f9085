"""Proofs from a website's ledger, published or not: for auditors, and for whoever holds a receipt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from consent.api.ledger import ConsistencySerializer, InclusionSerializer
from consent.api.manage.bodies import Body, read_query
from consent.api.manage.problems import Problem, malformed
from consent.api.manage.records import event_of
from consent.api.manage.schema import IF_NONE_MATCH, not_modified, operation
from consent.api.manage.view import ManageView
from consent.models import Ledger
from consent.reports.proofs import ProofUnavailable, consistency_proof, inclusion_proof

# More leaves than any database counts.
MOST = 2**63 - 1
NOTE = "consent.example.com/ledger/my-site\n5\n…\n\n— consent.example.com/ledger/my-site …\n"
INCLUSION = {
    "origin": "consent.example.com/ledger/my-site",
    "index": 1,
    "size": 5,
    "leaf_hash": "…",
    "proof": ["…", "…", "…"],
    "checkpoint": NOTE,
}
CONSISTENCY = {
    "origin": "consent.example.com/ledger/my-site",
    "first": 3,
    "size": 5,
    "first_root": "…",
    "proof": ["…", "…", "…"],
    "checkpoint": NOTE,
}


class InclusionQuery(Body):
    index = serializers.IntegerField(min_value=0, max_value=MOST, required=False)
    event_id = serializers.UUIDField(required=False, help_text="In place of the index: the record's number.")
    size = serializers.IntegerField(min_value=1, max_value=MOST, required=False, help_text="Of a signed checkpoint.")


class ConsistencyQuery(Body):
    first = serializers.IntegerField(min_value=1, max_value=MOST)
    size = serializers.IntegerField(min_value=1, max_value=MOST, required=False, help_text="Of a signed checkpoint.")


class InclusionView(ManageView):
    """GET /api/v1/manage/sites/{key}/proofs/inclusion."""

    verbs = {"GET": "evidence"}

    @operation(
        "prove_inclusion",
        {200: InclusionSerializer, 304: not_modified()},
        query=[InclusionQuery, IF_NONE_MATCH],
        example=INCLUSION,
    )
    def get(self, request: Request, key: str) -> HttpResponse:
        """That a record stands in the ledger, unchanged."""
        asked = read_query(request, InclusionQuery)
        if ("index" in asked) == ("event_id" in asked):
            raise malformed({"index": "Name the index, or the event_id."})
        index = asked["index"] if "index" in asked else self._place(str(asked["event_id"]))
        return _proof(self, lambda ledger: inclusion_proof(ledger, index=index, size=asked.get("size")))

    def _place(self, event_id: str) -> int:
        place = event_of(self, event_id).ledger_index
        if place is None:
            raise Problem(404, "no_proof", "This record is not sealed yet. The next `maintain` seals it.")
        return place


class ConsistencyView(ManageView):
    """GET /api/v1/manage/sites/{key}/proofs/consistency."""

    verbs = {"GET": "evidence"}

    @operation(
        "prove_consistency",
        {200: ConsistencySerializer, 304: not_modified()},
        query=[ConsistencyQuery, IF_NONE_MATCH],
        example=CONSISTENCY,
    )
    def get(self, request: Request, key: str) -> HttpResponse:
        """That the ledger only grew since it had `first` leaves."""
        asked = read_query(request, ConsistencyQuery)
        return _proof(self, lambda ledger: consistency_proof(ledger, first=asked["first"], size=asked.get("size")))


def _proof(view: ManageView, prove: Callable[[Ledger], dict[str, Any]]) -> HttpResponse:
    ledger = Ledger.objects.filter(site=view.site).first()
    if ledger is None:
        raise Problem(404, "no_proof", "Nothing was sealed yet. The next `maintain` begins the ledger.")
    try:
        return view.answer(prove(ledger))
    except ProofUnavailable as error:
        raise Problem(404, "no_proof", str(error)) from None

"""GET /api/v1/sites/{key}/receipts/{event_id}: a visitor's receipt, in one of three formats."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from consent.api.errors import ApiError
from consent.api.plain import known_site
from consent.api.public import BEARER, KEY, ErrorSerializer, VisitorView, no_record
from consent.reports.receipts import FORMATS, receipt_of

FORM = OpenApiParameter(
    "as",
    str,
    enum=list(FORMATS),
    description="Our own format, which proves; ISO/IEC TS 27560 through the W3C DPV profile; Kantara 1.1.",
)


class ReceiptView(VisitorView):
    """The consent id opens it, as it opens the record."""

    @extend_schema(
        operation_id="receipt",
        tags=["visitor"],
        parameters=[KEY, BEARER, FORM],
        responses={
            200: OpenApiResponse(OpenApiTypes.OBJECT, "The receipt."),
            400: ErrorSerializer,
            401: ErrorSerializer,
            404: ErrorSerializer,
        },
    )
    def get(self, request: Request, key: str, event_id: uuid.UUID) -> HttpResponse:
        """A receipt to keep: it proves, without us, what was recorded."""
        site, origin = known_site(key), self._origin(request, key)
        form = request.query_params.get("as", "ours")
        if form not in FORMATS:
            raise ApiError(400, "malformed", f"`as` is one of {', '.join(FORMATS)}.", fields={"as": "Unknown."})
        receipt = receipt_of(site_key=site.key, consent_ref=self._consent_ref(request), event_id=event_id, form=form)
        if receipt is None:
            raise no_record()
        response = Response(receipt)
        response["Content-Disposition"] = f'attachment; filename="{key}-receipt-{event_id}.json"'
        return self._private(response, origin)

"""One shape for every error: {"error": {"code", "detail", "fields"?}}."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from django.http import Http404, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

CODES = {
    400: "malformed",
    401: "consent_id_missing",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
}
CODES |= {406: "not_acceptable", 413: "too_large", 415: "unsupported_media_type", 429: "too_many_requests"}


class ApiError(Exception):
    """A request that can't be served, with what to tell its sender. `retry_after` is in seconds."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        fields: Mapping[str, str] | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.fields, self.retry_after = fields, retry_after

    def response(self) -> JsonResponse:
        response = JsonResponse(error_body(self.code, self.detail, self.fields), status=self.status)
        if self.retry_after is not None:
            response["Retry-After"] = str(max(1, math.ceil(self.retry_after)))
        response["Cache-Control"] = "no-store"
        return response


def error_body(code: str, detail: str, fields: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {"error": {"code": code, "detail": detail, **({"fields": dict(fields)} if fields else {})}}


def as_error(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Django REST framework's exception handler: its errors in our shape."""
    response = exception_handler(exc, context)
    if response is None:
        return None
    detail = str(exc.detail) if isinstance(exc, exceptions.APIException) else "There is nothing at this address."
    if isinstance(exc, Http404):
        detail = str(exc) or detail
    response.data = error_body(CODES.get(response.status_code, "error"), detail)
    return response

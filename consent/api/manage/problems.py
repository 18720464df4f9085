"""What is said when something is refused: problem details (RFC 9457), with the code that programs go by."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from rest_framework import exceptions

from consent.api.errors import CODES

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """A request that is refused. `members` are added to what every problem says."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        fields: Mapping[str, str] | None = None,
        members: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.fields, self.members, self.headers = fields, members or {}, headers or {}

    def response(self) -> JsonResponse:
        body = {
            # The code names the problem; there is no page for each to be read.
            "type": "about:blank",
            "title": HttpResponse(status=self.status).reason_phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            **({"fields": dict(self.fields)} if self.fields else {}),
            **self.members,
        }
        return JsonResponse(
            body, status=self.status, content_type=MEDIA_TYPE, headers={"Cache-Control": "no-store", **self.headers}
        )


def refusal(error: ValidationError) -> Problem:
    """What a service refuses, at the fields that it means."""
    if not hasattr(error, "error_dict"):
        return Problem(422, "refused", " ".join(error.messages))
    messages = {name: " ".join(found) for name, found in error.message_dict.items()}
    detail = messages.pop(NON_FIELD_ERRORS, "") or "What was sent can't be kept. `fields` says why."
    return Problem(422, "refused", detail, fields=messages)


def malformed(fields: Mapping[str, str]) -> Problem:
    return Problem(400, "malformed", "What was sent can't be read. `fields` says why.", fields=fields)


def problem_of(error: exceptions.APIException | Http404) -> Problem:
    """An error of the framework's own."""
    if isinstance(error, Http404):
        return Problem(404, "not_found", "There is nothing at this address.")
    if isinstance(error, exceptions.ValidationError):
        return malformed(dict(_faults(error.detail)))
    wait: float | None = getattr(error, "wait", None)
    headers = {"Retry-After": str(max(1, math.ceil(wait)))} if wait else {}
    return Problem(error.status_code, CODES.get(error.status_code, "error"), str(error.detail), headers=headers)


def _faults(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each fault with the path of its field: purposes.0."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _faults(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list) and any(isinstance(inner, (Mapping, list)) for inner in detail):
        for at, inner in enumerate(detail):
            yield from _faults(inner, f"{path}.{at}")
    else:
        sentences = detail if isinstance(detail, list) else [detail]
        yield path or "body", " ".join(map(str, sentences))


def unknown_address(request: HttpRequest, rest: str) -> JsonResponse:
    """Whatever is asked below /api/v1/manage/ that is nothing."""
    return Problem(404, "not_found", "There is nothing at this address.").response()

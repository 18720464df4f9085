"""What the OpenAPI document says of every address of the machine API alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from consent.api.manage.problems import MEDIA_TYPE
from consent.api.public import KEY

TAG = "machine"
CURSOR = OpenApiParameter("cursor", str, description="`next_cursor` of the page before. It belongs to this filter.")
LIMIT = OpenApiParameter("limit", int, description="How many at most: 1 to 200, 50 where it is missing.")
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="An ETag: 304 if it is current."
)
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The etag that was read, or `*` for any."
)
WORDS = {
    400: "`malformed`, `cursor_unknown` or `cursor_of_another_list`",
    401: "No token, or none that opens anything",
    403: "`verb_missing`",
    404: "Nothing of the kind, or not for this token",
    405: "Another method",
    406: "The answer is JSON, and `Accept` does not want it",
    409: "It contradicts what is there",
    412: "`changed_meanwhile`",
    415: "Not application/json",
    422: "`refused`: read, but it can't be kept",
    428: "`precondition_required`",
    429: "Too many requests; see Retry-After",
}
EVERYWHERE = (400, 401, 403, 404, 405, 406, 429)


class ProblemSerializer(serializers.Serializer[Any]):
    """Problem details (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Stays what it is; the sentences may change.")
    detail = serializers.CharField()
    fields = serializers.DictField(child=serializers.CharField(), required=False)  # type: ignore[assignment]


PROBLEM = {
    "type": "about:blank",
    "title": "Forbidden",
    "status": 403,
    "code": "verb_missing",
    "detail": "This token does not allow write. An owner makes one that does.",
}


def operation(
    name: str,
    answers: Mapping[Any, Any],
    *,
    takes: Any = None,
    query: Sequence[Any] = (),
    of_site: bool = True,
    example: Any = None,
    sent: Any = None,
    refuses: Sequence[int] = (),
) -> Callable[[Any], Any]:
    """Describe a method. `answers`: what each good status brings, or each status and media type. `refuses`: statuses
    beside those of all addresses."""
    problems = {(status, MEDIA_TYPE): _problem(status) for status in sorted({*EVERYWHERE, *refuses})}
    good = dict(answers)
    examples = [
        _example("What is answered", example, response=True, statuses=statuses, media_type=media_type)
        for media_type, statuses in _statuses(good).items()
        if example
    ]
    examples += [_example("What is sent", sent, response=False)] if sent else []
    return extend_schema(
        operation_id=name,
        tags=[TAG],
        request=takes,
        parameters=[*([KEY] if of_site else []), *query],
        responses={**good, **problems},
        examples=[
            *examples,
            OpenApiExample("A problem", PROBLEM, response_only=True, status_codes=["403"], media_type=MEDIA_TYPE),
        ],
    )


def listing(name: str, row: type[serializers.BaseSerializer[Any]]) -> Any:
    """The serializer of a page of rows."""
    members = {
        "results": row(many=True),
        "next_cursor": serializers.CharField(allow_null=True, help_text="null on the last page."),
    }
    return type(f"{name}Serializer", (serializers.Serializer,), members)


def not_modified() -> OpenApiResponse:
    return OpenApiResponse(None, "It is what If-None-Match names.")


def _statuses(answers: Mapping[Any, Any]) -> Mapping[str, list[int]]:
    """The good statuses of each media type. What names none is JSON."""
    found: dict[str, list[int]] = {}
    for key in answers:
        status, media_type = key if isinstance(key, tuple) else (key, "application/json")
        found.setdefault(media_type, []).append(status)
    return found


def _problem(status: int) -> OpenApiResponse:
    return OpenApiResponse(ProblemSerializer, WORDS[status])


def _example(
    name: str, value: Any, *, response: bool, statuses: Sequence[int] = (), media_type: str = "application/json"
) -> OpenApiExample:
    return OpenApiExample(
        name,
        value,
        response_only=response,
        request_only=not response,
        media_type=media_type,
        status_codes=[str(status) for status in statuses if status < 300] or None,
    )

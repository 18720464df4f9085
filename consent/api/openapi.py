"""Puts the plain views into the OpenAPI document."""

from __future__ import annotations

from typing import Any

from consent.api.public import event_example

UUID = {"type": "string", "format": "uuid"}
BOOLEAN = {"type": "boolean"}
VARIANT: dict[str, Any] = {"type": "string", "nullable": True}
KEY = {"name": "key", "in": "path", "required": True, "schema": {"type": "string"}}
FOREIGN = "The origin is not one of the website's domains"
WAIT = "Too many requests; see Retry-After"


def add_plain_views(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A drf-spectacular post-processing hook."""
    result["paths"]["/api/v1/sites/{key}/events"] = {"post": _record_event()}
    result["paths"]["/api/v1/sites/{key}/impressions"] = {"post": _count_impression()}
    result["paths"]["/api/v1/sites/{key}/region"] = {"get": _region()}
    return result


def _record_event() -> dict[str, Any]:
    return {
        "operationId": "record_event",
        "tags": ["visitor"],
        "summary": "Record a decision",
        "description": (
            "Sent by the snippet from a page of the website. `event_id` makes it idempotent: the same content again is "
            "answered 200 with the same body, another content 409. At most 4 KB."
        ),
        "parameters": [KEY],
        "requestBody": {
            "required": True,
            "content": {
                media: {"schema": _event_schema(), "example": event_example()}
                for media in ("application/json", "text/plain")
            },
        },
        "responses": {
            "201": {
                "description": "Recorded",
                "content": {"application/json": {"schema": _recorded_schema()}},
            },
            "200": {
                "description": "Known already",
                "content": {"application/json": {"schema": _recorded_schema()}},
            },
            **_errors(
                (400, "Malformed, or an unknown category or partner"),
                (403, FOREIGN),
                (404, "Unknown website"),
                (405, "Not POST"),
                (409, "`event_altered` or `version_unknown`"),
                (413, "More than 4 KB"),
                (415, "Neither application/json nor text/plain"),
                (429, WAIT),
                (503, "Not stored; see Retry-After"),
            ),
        },
    }


def _count_impression() -> dict[str, Any]:
    return {
        "operationId": "count_impression",
        "tags": ["visitor"],
        "summary": "Count a visit",
        "description": (
            "Adds one to a counter where the website counts visits, and one for each privacy signal. Nothing about "
            "anyone is kept. At most 1 KB."
        ),
        "parameters": [KEY],
        "requestBody": {
            "required": True,
            "content": {media: {"schema": _impression_schema()} for media in ("application/json", "text/plain")},
        },
        "responses": {
            "204": {"description": "Counted, or not where the website does not count"},
            **_errors(
                (400, "Malformed"),
                (403, FOREIGN),
                (404, "Unknown website"),
                (405, "Not POST"),
                (409, "`version_unknown`"),
                (413, "More than 1 KB"),
                (415, "Neither application/json nor text/plain"),
                (429, WAIT),
            ),
        },
    }


def _impression_schema() -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["version", "language", "regime", "signals"],
        "properties": {
            "version": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "language": {"type": "string"},
            "regime": {"type": "string"},
            "asked": {**BOOLEAN, "description": "Whether the banner was shown."},
            "variant": {**VARIANT, "description": "Which banner was drawn, while two are tested."},
            "signals": {
                "type": "object",
                "required": ["gpc", "dnt"],
                "properties": {"gpc": BOOLEAN, "dnt": BOOLEAN},
            },
        },
    }


def _region() -> dict[str, Any]:
    return {
        "operationId": "region",
        "tags": ["visitor"],
        "summary": "Which rules hold for whoever asks",
        "description": "Country and region as far as the server can tell by itself, and the website's regime there.",
        "parameters": [KEY],
        "responses": {
            "200": {
                "description": "The place and its regime",
                "content": {"application/json": {"schema": _region_schema()}},
            },
            **_errors((403, FOREIGN), (404, "Unknown website, or nothing is published"), (405, "Not GET"), (429, WAIT)),
        },
    }


def _region_schema() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["country", "region", "regime"],
        "properties": {
            "country": {"type": "string", "nullable": True, "example": "US"},
            "region": {"type": "string", "nullable": True, "example": "CA"},
            "regime": {"type": "string", "example": "us-ca"},
        },
    }


def _errors(*statuses: tuple[int, str]) -> dict[str, Any]:
    return {
        str(status): {
            "description": sentence,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
        }
        for status, sentence in statuses
    }


def _event_schema() -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [
            "event_id",
            "consent_id",
            "action",
            "surface",
            "categories",
            "version",
            "language",
            "signals",
        ],
        "properties": {
            "event_id": UUID,
            "consent_id": UUID,
            "action": {
                "type": "string",
                "enum": ["accept_all", "reject_all", "save", "withdraw", "embed_unlock"],
            },
            "surface": {"type": "string", "enum": ["banner", "preferences", "page", "embed", "api"]},
            "categories": {
                "type": "object",
                "required": ["performance", "functional", "targeting"],
                "properties": {
                    "strictly_necessary": {"type": "boolean", "enum": [True]},
                    "performance": BOOLEAN,
                    "functional": BOOLEAN,
                    "targeting": BOOLEAN,
                },
            },
            "partners": {
                "type": "object",
                "additionalProperties": BOOLEAN,
                "description": "Only the exceptions.",
            },
            "version": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "language": {"type": "string"},
            "regime": {"type": "string", "nullable": True},
            "signals": {
                "type": "object",
                "required": ["gpc", "dnt"],
                "properties": {"gpc": BOOLEAN, "dnt": BOOLEAN},
            },
            "client_time": {"type": "string", "format": "date-time", "nullable": True},
            "trusted": {"type": "boolean", "nullable": True},
            "build": {"type": "string", "nullable": True},
            "variant": {**VARIANT, "description": "Which banner was drawn, while two were tested."},
        },
    }


def _recorded_schema() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["event_id", "received_at", "receipt_url"],
        "properties": {
            "event_id": UUID,
            "received_at": {"type": "string", "format": "date-time"},
            "receipt_url": {"type": "string", "format": "uri"},
        },
    }

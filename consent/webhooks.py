"""What a webhook is told, how it is signed, and when it is told again. Pure.

A message names a visitor by the reference of their consent only: SHA-256 of the consent id, as the records have it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from consent.payload import canonical_json

PUBLISHED, WITHDRAWN, EXPORTED = "version.published", "consent.withdrawn", "export.ready"
# A closed set: only add. Receivers ignore a kind that they don't know.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        PUBLISHED: "A version was published",
        WITHDRAWN: "A visitor took a consent back",
        EXPORTED: "An export is ready",
    }
)
SECRET_PREFIX = "sayso_wh_"
SIGNATURE_HEADER = "X-Signature"
DELAYS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6))
GIVEN_UP_AFTER = timedelta(days=3)
# What a receiver says to have it: 200 to 299. A redirect is followed by nobody.
TAKEN = range(200, 300)


@dataclass(frozen=True)
class Message:
    """One thing that happened. `id` stays the same however often it is sent, and to however many."""

    id: UUID
    kind: str
    site_key: str
    at: datetime
    facts: Mapping[str, Any]


def body_of(message: Message) -> bytes:
    """The body as it is sent and signed."""
    time = message.at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    return canonical_json(
        {
            "id": str(message.id),
            "kind": message.kind,
            "site": message.site_key,
            "time": time,
            "facts": dict(message.facts),
        }
    )


def signature_of(secret: str, body: bytes, *, at: int) -> str:
    """The header: HMAC-SHA256 over the time of sending (Unix seconds), a full stop, and the body. The time is signed,
    so that whoever recorded a message can't send it again later."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"


def next_try(*, tries: int, since: datetime, now: datetime) -> datetime | None:
    """When to try again after so many failed tries, the first of which was due at `since`; None to give up."""
    again = now + DELAYS[min(tries, len(DELAYS)) - 1]
    return again if again <= since + GIVEN_UP_AFTER else None

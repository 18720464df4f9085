"""What the server tells, as frozen dataclasses. A member that this client does not know yet is left out."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

R = TypeVar("R")


@dataclass(frozen=True)
class TokenFacts:
    name: str
    site: str
    verbs: list[str]
    expires_at: datetime


@dataclass(frozen=True)
class Website:
    key: str
    name: str
    state: str
    domains: list[str]
    default_language: str
    controller_name: str
    controller_contact: str
    privacy_policy_url: str
    cookie_domain: str
    keep_path: str
    partner_notice_days: int
    etag: str


@dataclass(frozen=True)
class Partner:
    slug: str
    library: str
    name: str
    legal_entity: str
    country: str
    category: str
    purpose: dict[str, str]
    purposes: list[str]
    privacy_notice_url: str
    opt_out_url: str
    hosts: list[str]
    technologies: list[str]
    sale_or_share: bool
    necessity_justification: str
    starts_on: date | None
    parameters: dict[str, str]
    load_mode: str
    archived: bool
    etag: str


@dataclass(frozen=True)
class Cookie:
    id: int
    name: str
    partner: str | None
    category: str
    technology: str
    party: str
    domain: str
    lifetime: str
    purpose: dict[str, str]
    etag: str


@dataclass(frozen=True)
class Finding:
    code: str
    sentence: str
    page: str
    field: str
    partner: str
    language: str


@dataclass(frozen=True)
class Draft:
    digest: str
    has_changes: bool
    changes: list[str]
    blocking: list[Finding]
    advice: list[Finding]
    needs_review: bool
    is_approved: bool


@dataclass(frozen=True)
class Publication:
    version: int
    digest: str
    published_at: datetime
    effective_at: datetime
    grace_until: datetime | None
    announce_until: datetime | None
    announcement: dict[str, str]
    published_by: str
    reason: str


@dataclass(frozen=True)
class Version:
    number: int
    digest: str
    created_at: datetime
    is_live: bool
    payload_url: str
    publications: list[Publication]


@dataclass(frozen=True)
class Record:
    """One decision of a visitor. What was erased is None."""

    event_id: str
    consent_ref: str | None
    received_at: datetime
    client_time: datetime | None
    action: str
    surface: str
    categories: dict[str, bool]
    partners: dict[str, bool]
    language: str | None
    regime_shown: str
    regime_seen: str
    signals: dict[str, bool]
    signals_seen: dict[str, bool]
    country: str | None
    device_class: str | None
    trusted: bool | None
    build: str
    variant: str
    ledger_index: int | None
    version: str


@dataclass(frozen=True)
class Export:
    """Records as a file. `state`: waiting, writing, ready or removed. `manifest`: what a whole file holds."""

    id: int
    format: str
    search: dict[str, Any]
    state: str
    asked_by: str
    asked_at: datetime
    expected: int
    written: int
    failure: str
    finished_at: datetime | None
    offered_until: datetime | None
    manifest: dict[str, Any] | None


def read(kind: type[R], told: Mapping[str, Any]) -> R:
    """A record from the server's JSON. Raises KeyError or ValueError where it is none."""
    hints: dict[str, Any] = _hints(kind)  # type: ignore[arg-type]  # mypy does not know that classes are hashable
    return kind(**{field.name: _value(hints[field.name], told[field.name]) for field in fields(kind)})  # type: ignore[arg-type]


@cache
def _hints(kind: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _value(hint: Any, told: Any) -> Any:
    if isinstance(hint, types.UnionType):
        return (
            None if told is None else _value(next(one for one in typing.get_args(hint) if one is not type(None)), told)
        )
    if typing.get_origin(hint) is list:
        return [_value(typing.get_args(hint)[0], one) for one in told]
    if hint is datetime:
        return datetime.fromisoformat(told)
    if hint is date:
        return date.fromisoformat(told)
    return read(hint, told) if is_dataclass(hint) and isinstance(hint, type) else told

"""The published payload: canonical bytes, digest, and what was added since the version before. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

SCHEMA = 1


def canonical_json(value: Any) -> bytes:
    """RFC 8785 for what a payload may hold: objects with string keys, arrays, strings, integers, booleans, null.

    Raises ValueError for anything else (floats above all: their form is where implementations differ).
    """
    return json.dumps(_canonical(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise ValueError("A payload's keys are strings.")
        # RFC 8785 sorts by UTF-16 code units, which differs from code points above U+FFFF.
        return {key: _canonical(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
    if isinstance(value, (list, tuple)):
        return [_canonical(item) for item in value]
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int) and abs(value) < 2**53:
        return value
    raise ValueError(f"A payload can't hold {type(value).__name__}: {value!r}.")


def loads_early(partner: Mapping[str, Any]) -> bool:
    """A published partner whose tag is on the page whatever the visitor says, and is only told about it. What the
    website runs on is no such partner: nobody is asked about it."""
    return partner.get("load_mode") == "signalled" and partner["category"] != "strictly_necessary"


def digest_of(payload: bytes) -> str:
    """SHA-256 of the payload's bytes, 64 hex digits."""
    return hashlib.sha256(payload).hexdigest()


def with_ordinals(draft: Mapping[str, Any], previous: Mapping[str, Any] | None, *, ordinal: int) -> dict[str, Any]:
    """Say of each partner and category which version added it (flow 7: who must be asked again).

    A partner counts as added when the version before had none of that slug, had it in another category, or with
    fewer purposes. A category counts as added when the website itself begins to use it (0: it does not).
    `previous` is what is live now; `ordinal` is the number that the new version would get.
    """
    before = {partner["slug"]: partner for partner in previous["partners"]} if previous else {}
    used_before = _own_categories(previous) if previous else set()
    category_before = {category["code"]: category["added"] for category in previous["categories"]} if previous else {}
    used = _own_categories(draft)
    partners = [
        {**partner, "added": _partner_added(partner, before.get(partner["slug"]), ordinal)}
        for partner in draft["partners"]
    ]
    categories = []
    for category in draft["categories"]:
        code = category["code"]
        if code not in used or code == "strictly_necessary":
            added = 0
        else:
            added = category_before[code] if code in used_before else ordinal
        categories.append({**category, "added": added})
    return {**draft, "partners": partners, "categories": categories}


def _own_categories(payload: Mapping[str, Any]) -> set[str]:
    return {cookie["category"] for cookie in payload["cookies"] if cookie["partner"] is None}


def _partner_added(partner: Mapping[str, Any], before: Mapping[str, Any] | None, ordinal: int) -> int:
    if before is None or before["category"] != partner["category"]:
        return ordinal
    if not set(partner["purposes"]) <= set(before["purposes"]):
        return ordinal
    return int(before["added"])

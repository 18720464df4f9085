"""ETags (RFC 9110 §8.8.3): a fingerprint of what is told. Whoever changes something says which state of it they saw."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from rest_framework.utils.encoders import JSONEncoder

from consent.api.manage.problems import Problem

LISTED = re.compile(r'(W/)?"([^"]*)"')


def fingerprint(record: Any) -> str:
    raw = json.dumps(record, cls=JSONEncoder, sort_keys=True)
    return hashlib.sha256(raw.encode()).hexdigest()[:32]


def tagged(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with its own fingerprint, so that what a list told can be changed without asking again."""
    return {**record, "etag": fingerprint(record)}


def is_known(request: HttpRequest, tag: str) -> bool:
    """Whether If-None-Match says that the asker has it already. Compared weakly, as RFC 9110 §13.1.2 wants it."""
    header = request.headers.get("If-None-Match", "")
    return header.strip() == "*" or any(found == tag for _, found in LISTED.findall(header))


def require_match(request: HttpRequest, tag: str) -> None:
    """Raise Problem unless If-Match names this state (or `*`, any). Compared strongly, as RFC 9110 §13.1.1 wants it."""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise Problem(
            428,
            "precondition_required",
            "Send If-Match with the etag that you read, so that nobody's change is overwritten. `*` means any.",
        )
    if header != "*" and not any(found == tag and not weak for weak, found in LISTED.findall(header)):
        raise Problem(412, "changed_meanwhile", "It has changed since you read it. Read it again, then repeat.")

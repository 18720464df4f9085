"""The token with which a website says who its visitor is: a JSON Web Token (RFC 7519), signed by HMAC-SHA256. Pure.

Only HS256 is understood, whatever a token says of itself (RFC 8725 §3.1). Nothing in it is looked at before its
signature is right.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from typing import Any

SECRET_PREFIX = "sayso_ul_"
LONGEST = 2048
LONGEST_SUBJECT = 256
# A token that leaked must not open a record for long.
LONGEST_SECONDS = 3600
# Two clocks differ.
LEEWAY = 60
SHAPE = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)")


class TokenRefused(Exception):
    """What is wrong with a token: a code for programs and a sentence for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


def subject_of(token: str, *, secret: str, site_key: str, now: int) -> str:
    """The website's own name for its user. `now` in Unix seconds. Raises TokenRefused."""
    if len(token) > LONGEST:
        raise TokenRefused(
            "token_too_large", f"A token has at most {LONGEST:,} characters: only `sub`, `site` and `exp`."
        )
    found = SHAPE.fullmatch(token)
    header, claims = (_json(part) for part in found.groups()[:2]) if found else (None, None)
    if found is None or header is None or claims is None:
        raise TokenRefused("token_malformed", "This is not a token: three parts in base64url, parted by full stops.")
    if header.get("alg") != "HS256" or "crit" in header:
        raise TokenRefused("token_algorithm", "Tokens are signed with HS256, and with nothing else.")
    if not _is_signed(found, secret):
        raise TokenRefused("token_signature", "The token is not signed with this website's present secret.")
    return _checked(claims, site_key, now)


def _checked(claims: dict[str, Any], site_key: str, now: int) -> str:
    if claims.get("site") != site_key:
        raise TokenRefused("token_of_another_site", "The token is for another website: `site` is not this one's key.")
    expires, subject = claims.get("exp"), claims.get("sub")
    if not isinstance(expires, int) or isinstance(expires, bool):
        raise TokenRefused("token_malformed", "`exp` is missing: a whole number, Unix seconds.")
    if expires <= now - LEEWAY:
        raise TokenRefused("token_expired", "The token has expired. Make one for each request.")
    if expires > now + LONGEST_SECONDS + LEEWAY:
        raise TokenRefused("token_too_long", "The token is valid for more than an hour. Make one for each request.")
    if not isinstance(subject, str) or not 1 <= len(subject) <= LONGEST_SUBJECT:
        raise TokenRefused("token_malformed", f"`sub` is missing: a text of 1 to {LONGEST_SUBJECT} characters.")
    return subject


def _is_signed(found: re.Match[str], secret: str) -> bool:
    signed = hmac.new(secret.encode(), f"{found[1]}.{found[2]}".encode(), hashlib.sha256).digest()
    return hmac.compare_digest(_bytes(found[3]) or b"", signed)


def _json(part: str) -> dict[str, Any] | None:
    try:
        said = json.loads(_bytes(part) or b"")
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _bytes(part: str) -> bytes | None:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        return None

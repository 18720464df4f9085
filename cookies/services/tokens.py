"""Tokens of programs: made and shown once, found by their digest, revoked."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from cookies.access import OWNS, has_role
from cookies.models import Site, Token
from cookies.tokens import SECRET_BYTES, VERBS, is_token, token_digest, write_token

if TYPE_CHECKING:
    from django.contrib.auth.models import User

MOST_DAYS = 365
# When a token was last used is known to the minute: writing it down at each request would cost more than the request.
USE_IS_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class MadeToken:
    """A new token, and the only sight of what the program has to show."""

    token: Token
    text: str


class TokenRefused(Exception):
    """A token that opens nothing: a code for programs and a sentence for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


@transaction.atomic
def make_token(*, site: Site, made_by: User, name: str, verbs: Collection[str], days: int, now: datetime) -> MadeToken:
    """A token for a program, valid for so many days. Raises ValidationError, keyed by field."""
    # Two with one name at once: the second waits here, then sees the first.
    Site.objects.select_for_update().get(pk=site.pk)
    if errors := _errors(site, name.strip(), verbs, days):
        raise ValidationError(errors)
    text = write_token(secrets.token_bytes(SECRET_BYTES))
    token = Token.objects.create(
        site=site,
        name=name.strip(),
        digest=token_digest(text),
        ending=text[-4:],
        verbs=[verb for verb in VERBS if verb in verbs],
        made_by=made_by,
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    return MadeToken(token, text)


@transaction.atomic
def revoke_token(*, token: Token, now: datetime) -> bool:
    """End a token at once, for good. False where it was revoked before."""
    return bool(Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now))


def find_token(*, text: str, now: datetime) -> Token:
    """The token that this text is, while it opens something. Raises TokenRefused."""
    if not is_token(text):
        raise TokenRefused("token_malformed", "This is not a whole token. Copy it again, without spaces.")
    token = Token.objects.select_related("site", "made_by").filter(digest=token_digest(text)).first()
    if token is None:
        raise TokenRefused("token_unknown", "There is no such token. An owner of the website makes one in the admin.")
    if token.revoked_at:
        raise TokenRefused("token_revoked", "This token was revoked. An owner of the website makes another one.")
    if token.expires_at <= now:
        raise TokenRefused("token_expired", "This token has expired. An owner of the website makes another one.")
    if not has_role(token.made_by, token.site, OWNS):
        raise TokenRefused("token_without_owner", "Whoever made this token no longer owns the website.")
    return token


def note_use(*, token: Token, now: datetime) -> None:
    """Write down that a token was used, unless that was written down a moment ago."""
    stale = now - USE_IS_NOTED_EVERY
    if token.last_used_at is None or token.last_used_at <= stale:
        unnoted = Q(last_used_at=None) | Q(last_used_at__lte=stale)
        Token.objects.filter(unnoted, pk=token.pk).update(last_used_at=now)


def _errors(site: Site, name: str, verbs: Collection[str], days: int) -> dict[str, str]:
    errors = {}
    if not name or len(name) > 60 or not name.isprintable():
        errors["name"] = "Write what the program is called, in one line of at most 60 characters."
    elif site.tokens.filter(name=name, revoked_at=None).exists():
        errors["name"] = f"There is a token called {name} already. Revoke it first, or choose another name."
    if not verbs or not set(verbs) <= set(VERBS):
        errors["verbs"] = "Choose at least one."
    if not 1 <= days <= MOST_DAYS:
        errors["days"] = f"A token is valid for 1 to {MOST_DAYS} days."
    return errors

"""Consents of a website's own users: linked, found again on another device, erased by user.

A website proves with a token who its visitor is. What is kept of the user is a keyed hash, so that neither a copy of
the table nor a list of all e-mail addresses in the world says who it was.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction

from consent.models import ConsentEvent, UserLink, UserLinkKey
from consent.services.erasure import erase_consent
from consent.stored_secrets import SecretLost, new_secret, opened, sealed
from consent.user_tokens import SECRET_PREFIX, TokenRefused, subject_of
from cookies.models import Site

NO_SECRET = "This website has no secret for tokens. An owner makes one in the admin."


class NothingRecorded(Exception):
    """There is no record under this consent id."""


class LinkedToAnother(Exception):
    """The consent is another user's."""


@dataclass(frozen=True)
class MadeSecret:
    """What a website signs tokens with. Shown once."""

    key: UserLinkKey
    secret: str


@transaction.atomic
def make_link_secret(*, site: Site, by: str, now: datetime) -> MadeSecret:
    """The first secret of a website, or a new one, which ends the old one at once. Links stay."""
    Site.objects.select_for_update().get(pk=site.pk)
    secret, key = new_secret(SECRET_PREFIX), UserLinkKey.objects.filter(site=site).first()
    if key is None or not _is_readable(key.naming_key):
        # Names that were hashed under a key that is lost can't be found any more.
        UserLink.objects.filter(site=site).delete()
        key = key or UserLinkKey(site=site)
        key.naming_key = sealed(new_secret(""))
    key.secret, key.made_by, key.made_at = sealed(secret), by, now
    key.save()
    return MadeSecret(key, secret)


@transaction.atomic
def end_user_links(*, site: Site) -> None:
    """No token opens anything any more, and nobody's consents are known to belong together. Records stay."""
    UserLink.objects.filter(site=site).delete()
    UserLinkKey.objects.filter(site=site).delete()


def user_ref_of(*, site_id: int, site_key: str, token: str, now: datetime) -> str:
    """The reference of the user that a token names. Raises TokenRefused."""
    key = UserLinkKey.objects.filter(site=site_id).first()
    if key is None:
        raise TokenRefused("token_signature", NO_SECRET)
    try:
        subject = subject_of(token, secret=opened(key.secret), site_key=site_key, now=int(now.timestamp()))
        return _named(opened(key.naming_key), subject)
    except SecretLost:
        raise TokenRefused("token_signature", NO_SECRET) from None


def linked_user_refs(*, site_ids: Collection[int], typed: str) -> list[str]:
    """The references with linked consents that somebody means: by one of them, or by a website's name for its user."""
    keys = UserLinkKey.objects.filter(site__in=site_ids)
    named = [_named(opened(key.naming_key), typed) for key in keys if _is_readable(key.naming_key)]
    links = UserLink.objects.filter(site__in=site_ids, user_ref__in=[typed.lower(), *named])
    return sorted(set(links.values_list("user_ref", flat=True)))


@transaction.atomic
def link_consent(*, site_id: int, user_ref: str, consent_ref: str, now: datetime) -> UserLink:
    """Say that a consent is this user's. Saying it again changes nothing. Raises NothingRecorded, LinkedToAnother."""
    # Whoever erases the record waits for this, and then removes the link too.
    if not ConsentEvent.objects.select_for_update().filter(site=site_id, consent_ref=consent_ref)[:1]:
        raise NothingRecorded
    link, _ = UserLink.objects.get_or_create(
        site_id=site_id, consent_ref=consent_ref, defaults={"user_ref": user_ref, "linked_at": now}
    )
    if link.user_ref != user_ref:
        raise LinkedToAnother
    return link


def newest_decision_of(*, site_id: int, user_ref: str) -> ConsentEvent | None:
    """What a user decided last, on whichever device."""
    events = ConsentEvent.objects.filter(site=site_id, consent_ref__in=_consents_of(site_id, user_ref))
    return events.select_related("version").order_by("-received_at", "-id").first()


@transaction.atomic
def erase_user(*, site_id: int, user_ref: str) -> int:
    """Erase every linked consent, as its visitor could, and the links. Returns how many consents that were."""
    refs = _consents_of(site_id, user_ref)
    for ref in refs:
        # Takes the link along.
        erase_consent(site_id=site_id, consent_ref=ref)
    return len(refs)


def forget_empty_links(*, site: Site) -> int:
    """Remove links of consents whose time is over: nothing is left that they lead to."""
    recorded = ConsentEvent.objects.filter(site=models.OuterRef("site"), consent_ref=models.OuterRef("consent_ref"))
    empty = UserLink.objects.filter(~models.Exists(recorded), site=site)
    return empty.delete()[0]


def _consents_of(site_id: int, user_ref: str) -> list[str]:
    return list(
        UserLink.objects.filter(site=site_id, user_ref=user_ref).order_by("id").values_list("consent_ref", flat=True)
    )


def _named(key: str, subject: str) -> str:
    return hmac.new(key.encode(), subject.encode(), hashlib.sha256).hexdigest()


def _is_readable(stored: str) -> bool:
    try:
        opened(stored)
    except SecretLost:
        return False
    return True

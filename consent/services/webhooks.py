"""Telling websites' own servers what happened: who wants to know, and what there is to tell.

`announce` is called in the transaction of whatever happened: both are there, or neither. Sending is `maintain`'s, in
services/deliveries.py; nobody waits for an outside address.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from consent.models import Announcement, Delivery, Ledger, Webhook, WithdrawalsSeen
from consent.outbound import Limits, NoAnswer, Outbound, Refused
from consent.public_addresses import NotAnAddress, WebAddress, names_own_machine, read_address
from consent.reports.ledger import sealed_size
from consent.stored_secrets import new_secret, sealed
from consent.webhooks import KINDS, SECRET_PREFIX, WITHDRAWN
from cookies.models import Site

MOST_WEBHOOKS = 10
# Long enough to see what went wrong, short enough to hold no second record of anybody.
LOG_KEPT_FOR = timedelta(days=30)
LIMITS = Limits(seconds=10, size=2000)


@dataclass(frozen=True)
class MadeWebhook:
    """A new webhook, and the only sight of its secret."""

    webhook: Webhook
    secret: str


def outbound() -> Outbound:
    """How webhooks are sent. A server that is itself reached by a loopback name only is a trial on one machine, and may
    tell programs on it."""
    return Outbound(
        user_agent=f"Sayso webhook (+{settings.PUBLIC_URL})",
        limits=LIMITS,
        own_machine=names_own_machine(urlsplit(settings.PUBLIC_URL).hostname or ""),
    )


def check_address(*, typed: str, outbound: Outbound) -> WebAddress:
    """The address, if this server would send to it. Looks the name up, so it belongs outside of any transaction.

    Raises ValidationError for `address`.
    """
    try:
        address = read_address(typed)
        if address.scheme != "https" and not names_own_machine(address.host):
            raise ValidationError({"address": "A webhook's address begins with https://. Messages are not for others."})
        outbound.check(address)
    except (NotAnAddress, Refused, NoAnswer) as error:
        raise ValidationError({"address": str(error)}) from None
    return address


@transaction.atomic
def make_webhook(*, site: Site, address: WebAddress, kinds: Collection[str], by: str, now: datetime) -> MadeWebhook:
    """From now on this address is told of these kinds. Raises ValidationError, keyed by field."""
    # Two at once: the second waits here, then sees the first.
    Site.objects.select_for_update().get(pk=site.pk)
    if errors := _errors(site, address, kinds):
        raise ValidationError(errors)
    if WITHDRAWN in kinds:
        _begin_looking(site)
    secret = new_secret(SECRET_PREFIX)
    webhook = Webhook.objects.create(
        site=site,
        address=str(address),
        kinds=[kind for kind in KINDS if kind in kinds],
        secret=sealed(secret),
        made_by=by,
        made_at=now,
    )
    return MadeWebhook(webhook, secret)


@transaction.atomic
def remove_webhook(*, webhook: Webhook) -> None:
    """It is told nothing more, not even what is on its way; its log goes with it."""
    webhook.delete()


@transaction.atomic
def announce(
    *,
    site: Site,
    kind: str,
    facts: Mapping[str, Any],
    now: datetime,
    since: datetime | None = None,
    consent_ref: str = "",
) -> Announcement | None:
    """Have whoever wants to know it told that something happened. Nothing is kept where nobody does.

    `facts` are strings, integers, booleans, None and lists or mappings of these; nothing about a visitor is among them.
    `consent_ref` is told beside them, and forgotten when the visitor's record is erased. `since`: where it happened
    before now.
    """
    wanting = [webhook for webhook in site.webhooks.all() if kind in webhook.kinds]
    if not wanting:
        return None
    announcement = Announcement.objects.create(
        id=uuid.uuid4(), site=site, kind=kind, facts=dict(facts), consent_ref=consent_ref, at=since or now
    )
    Delivery.objects.bulk_create(
        Delivery(webhook=webhook, announcement=announcement, since=now, next_at=now) for webhook in wanting
    )
    return announcement


@transaction.atomic
def send_again(*, delivery: Delivery, now: datetime) -> None:
    """Try once more from the start, whatever came of it before. The message keeps its id."""
    Delivery.objects.filter(pk=delivery.pk).update(
        tries=0, since=now, next_at=now, claimed_until=None, taken_at=None, given_up_at=None
    )


def forget_old_announcements(*, now: datetime) -> int:
    """Remove what was taken or given up long ago, with its log. Returns how many messages that were."""
    old = Announcement.objects.filter(at__lt=now - LOG_KEPT_FOR).exclude(deliveries__next_at__isnull=False)
    count = old.count()
    old.delete()
    return count


def _begin_looking(site: Site) -> None:
    """Withdrawals from now on: not those that were sealed while nobody wanted to know."""
    if any(WITHDRAWN in webhook.kinds for webhook in site.webhooks.all()):
        return
    ledger = Ledger.objects.filter(site=site).first()
    size = sealed_size(ledger) if ledger else 0
    WithdrawalsSeen.objects.update_or_create(site=site, defaults={"size": size})


def _errors(site: Site, address: WebAddress, kinds: Collection[str]) -> dict[str, str]:
    errors = {}
    if site.webhooks.count() >= MOST_WEBHOOKS:
        errors["address"] = f"A website has at most {MOST_WEBHOOKS} webhooks. Remove one first."
    elif site.webhooks.filter(address=str(address)).exists():
        errors["address"] = "There is a webhook with this address already. Remove it first."
    if not kinds or not set(kinds) <= set(KINDS):
        errors["kinds"] = "Choose at least one."
    return errors

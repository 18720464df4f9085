"""Sending what webhooks have to be told: claimed, signed, sent, and tried again later where nobody took it.

Each webhook has a queue of its own, and the queues are worked at side by side: one whose receiver hangs costs the
others no time. A message is claimed by one process at a time; where that process dies over it, another sends it again,
so a receiver may see a message twice, with the same id.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from consent.models import Announcement, Attempt, Delivery
from consent.outbound import NoAnswer, Outbound, Refused
from consent.public_addresses import NotAnAddress, read_address
from consent.stored_secrets import SecretLost, opened
from consent.webhooks import SIGNATURE_HEADER, TAKEN, Message, body_of, next_try, signature_of

Clock = Callable[[], datetime]
AT_ONCE = 16
# After so long nothing new is begun: what is on its way ends within the limit of one message.
RUN_FOR = timedelta(seconds=30)
# Longer than sending can take: whoever claimed it is gone.
CLAIMED_FOR = timedelta(seconds=60)
LOST = "The secret can't be read: the server's SECRET_KEY was changed. Remove this webhook and make a new one."
NOT_TAKEN = "Answered {status}."
SENT_ON = "Answered {status}, a redirect. Redirects are not followed: give the final address."


@dataclass(frozen=True)
class Outcome:
    """What came of sending once."""

    status: int | None
    milliseconds: int
    error: str

    @property
    def is_taken(self) -> bool:
        return not self.error


@dataclass
class Sent:
    """What a run did."""

    taken: int = 0
    failed: int = 0
    given_up: int = 0


def deliver(*, outbound: Outbound, clock: Clock = timezone.now) -> Sent:
    """Send what is due. A webhook that did not take a message gets no other one in this run."""
    sent, until = Sent(), clock() + RUN_FOR
    waiting = _webhooks_due(clock())
    running: dict[Future[Outcome], Delivery] = {}
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as pool:
        while waiting or running:
            while waiting and len(running) < AT_ONCE and clock() < until:
                if delivery := _claim_next(waiting.pop(0), clock()):
                    running[pool.submit(_sending(delivery, outbound, clock()))] = delivery
            if not running:
                break
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                delivery, outcome = running.pop(future), future.result()
                _keep(delivery, outcome, sent, clock())
                if outcome.is_taken:
                    waiting.append(delivery.webhook_id)
    return sent


def _due(now: datetime) -> QuerySet[Delivery]:
    unclaimed = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return Delivery.objects.filter(unclaimed, next_at__lte=now)


def _webhooks_due(now: datetime) -> list[int]:
    """The webhooks with something to send, those that have waited longest first."""
    return list(dict.fromkeys(_due(now).order_by("next_at", "id").values_list("webhook_id", flat=True)))


def _claim_next(webhook_id: int, now: datetime) -> Delivery | None:
    for pk in _due(now).filter(webhook=webhook_id).order_by("next_at", "id").values_list("pk", flat=True)[:5]:
        # One statement decides who has it. Whoever is second finds it claimed.
        if _due(now).filter(pk=pk).update(claimed_until=now + CLAIMED_FOR):
            return Delivery.objects.select_related("webhook__site", "announcement").get(pk=pk)
    return None


def _sending(delivery: Delivery, outbound: Outbound, now: datetime) -> Callable[[], Outcome]:
    """What a thread does: it has everything that it needs, and no database."""
    body = body_of(message_of(delivery.announcement, delivery.webhook.site.key))
    address = delivery.webhook.address
    try:
        secret = opened(delivery.webhook.secret)
    except SecretLost:
        return lambda: Outcome(None, 0, LOST)
    signature = signature_of(secret, body, at=int(now.timestamp()))
    headers = {"Content-Type": "application/json", SIGNATURE_HEADER: signature}
    return lambda: _sent(outbound, address, body, headers)


def message_of(announcement: Announcement, site_key: str) -> Message:
    """What is told. Of whom, where it is about somebody."""
    about = {"consent_ref": announcement.consent_ref} if announcement.consent_ref else {}
    return Message(announcement.id, announcement.kind, site_key, announcement.at, {**announcement.facts, **about})


def _sent(outbound: Outbound, address: str, body: bytes, headers: dict[str, str]) -> Outcome:
    begun = time.monotonic()
    status, error = None, ""
    try:
        status = outbound.post(read_address(address), body, headers=headers).status
        if status not in TAKEN:
            error = (SENT_ON if 300 <= status < 400 else NOT_TAKEN).format(status=status)
    except (NotAnAddress, Refused, NoAnswer) as fault:
        error = str(fault)
    return Outcome(status, round(1000 * (time.monotonic() - begun)), error)


@transaction.atomic
def _keep(delivery: Delivery, outcome: Outcome, sent: Sent, now: datetime) -> None:
    """Write down what came of it. A webhook that was removed meanwhile has no log any more."""
    own = Delivery.objects.filter(pk=delivery.pk, claimed_until=delivery.claimed_until)
    # Three days of trying begin with the first try: nothing is given up because `maintain` did not run for a while.
    tries, since = delivery.tries + 1, delivery.since if delivery.tries else now
    again = None if outcome.is_taken else next_try(tries=tries, since=since, now=now)
    ended = {"taken_at": now} if outcome.is_taken else {"given_up_at": now} if again is None else {}
    if own.update(tries=tries, since=since, next_at=again, claimed_until=None, **ended):
        Attempt.objects.create(
            delivery_id=delivery.pk,
            at=now,
            status=outcome.status,
            milliseconds=outcome.milliseconds,
            error=outcome.error[:300],
        )
        sent.taken += outcome.is_taken
        sent.failed += not outcome.is_taken
        sent.given_up += not outcome.is_taken and again is None

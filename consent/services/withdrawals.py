"""Withdrawals are found afterwards, in what has been sealed: a visitor's answer stays one INSERT.

Websites of which nobody wants to know are not looked at. A run may be killed, or be there twice: what a batch announces
and how far it got are one transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from consent.models import ConsentEvent, LedgerLeaf, NoticeVersion, Webhook, WithdrawalsSeen
from consent.reports.events import older_or_newer
from consent.services.webhooks import announce
from consent.webhooks import WITHDRAWN
from consent.withdrawals import Answer, Withdrawn, withdrawn
from cookies.models import Site

BATCH = 500
Found = tuple[ConsentEvent, Withdrawn]


def announce_withdrawals(*, site: Site, now: datetime) -> int:
    """Announce what was taken back since the last look. Returns how many withdrawals that were."""
    if not any(WITHDRAWN in webhook.kinds for webhook in Webhook.objects.filter(site=site)):
        return 0
    count, partners = 0, _Partners()
    while seen := WithdrawalsSeen.objects.filter(site=site).first():
        leaves = LedgerLeaf.objects.filter(ledger__site=site, ledger_index__gte=seen.size).order_by("ledger_index")
        events = [leaf.event for leaf in leaves.select_related("event")[:BATCH]]
        if not events:
            break
        # Looked up outside of the transaction: visitors' answers must not wait for it.
        found = [(event, taken) for event in events if (taken := _taken_back(event, partners))]
        if not _written(site, seen.size, events, found, now):
            break
        count += len(found)
    return count


@transaction.atomic
def _written(site: Site, start: int, events: Sequence[ConsentEvent], found: Sequence[Found], now: datetime) -> bool:
    """False where another process was faster: then it announces these."""
    end = (events[-1].ledger_index or 0) + 1
    if not WithdrawalsSeen.objects.filter(site=site, size=start).update(size=end):
        return False
    # Whoever erases a record waits for this, and then removes what is announced here; or was first.
    events_found = (
        ConsentEvent.objects.select_for_update().filter(pk__in=[event.pk for event, _ in found]).order_by("id")
    )
    standing = set(events_found.exclude(consent_ref=None).values_list("pk", flat=True))
    for event, taken in found:
        if event.pk in standing:
            _announce(site, event, taken, now)
    return True


def _announce(site: Site, event: ConsentEvent, taken: Withdrawn, now: datetime) -> None:
    facts = {
        "action": event.action,
        "withdrawn": {"categories": list(taken.categories), "partners": list(taken.partners)},
        "categories": event.categories,
        "partners": event.partners,
        "ledger_index": event.ledger_index,
    }
    announce(
        site=site, kind=WITHDRAWN, facts=facts, consent_ref=event.consent_ref or "", now=now, since=event.received_at
    )


def _taken_back(event: ConsentEvent, partners: _Partners) -> Withdrawn | None:
    # What was erased or has expired belongs to nobody who could be told of it.
    if not event.consent_ref or _allows_everything(event):
        return None
    own = ConsentEvent.objects.filter(site=event.site_id, consent_ref=event.consent_ref)
    before = older_or_newer(own, (event.received_at, event.pk)).first()
    return withdrawn(_answer(before) if before else None, _answer(event), categories_of=partners.of(event.version_id))


def _allows_everything(event: ConsentEvent) -> bool:
    return all(event.categories.values()) and all(event.partners.values())


def _answer(event: ConsentEvent) -> Answer:
    return Answer(event.action, event.categories, event.partners)


class _Partners:
    """Each partner's category, by version. A version is read once in a run."""

    def __init__(self) -> None:
        self.known: dict[int, Mapping[str, str]] = {}

    def of(self, version_id: int) -> Mapping[str, str]:
        if version_id not in self.known:
            payload = json.loads(bytes(NoticeVersion.objects.get(pk=version_id).payload))
            self.known[version_id] = {row["slug"]: row["category"] for row in payload["partners"]}
        return self.known[version_id]

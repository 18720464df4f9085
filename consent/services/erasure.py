"""Forgetting: values and salts go, commitments stay, so that the evidence remains whole."""

from __future__ import annotations

from django.db import transaction

from consent.commitments import commitments
from consent.models import Announcement, ConsentEvent, LedgerLeaf, UserLink


@transaction.atomic
def erase_consent(*, site_id: int, consent_ref: str) -> int:
    """Erase what points to a visitor in their events on a website. Returns how many events that were."""
    # In the order in which they are sealed: two who lock the same rows from both ends wait for each other for ever, and
    # PostgreSQL ends one of them with an error.
    events = ConsentEvent.objects.filter(site_id=site_id, consent_ref=consent_ref).select_for_update().order_by("id")
    sealed = set(LedgerLeaf.objects.filter(event__in=[event.pk for event in events]).values_list("event_id", flat=True))
    erased = 0
    for event in events:
        kept = {} if event.pk in sealed or event.commitments else {"commitments": event_commitments(event)}
        ConsentEvent.objects.filter(pk=event.pk).update(**kept, **dict.fromkeys(ConsentEvent.ERASED_ONCE, None))
        erased += 1
    # What is no evidence goes altogether: whose consent it was, and what was told of it.
    for model in (UserLink, Announcement):
        model.objects.filter(site_id=site_id, consent_ref=consent_ref).delete()
    return erased


def event_commitments(event: ConsentEvent) -> bytes:
    """The commitments to the event's erasable values. The event must still hold them and its salts."""
    assert event.salts is not None
    values = {field: getattr(event, field) for field in ConsentEvent.ERASABLE}
    return commitments(ConsentEvent.ERASABLE, values, bytes(event.salts))

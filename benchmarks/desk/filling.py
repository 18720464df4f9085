"""A website with something published, so that the page of a record has a banner to show."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from consent.grant_proof import ProofRules
from consent.models import NoticeVersion
from consent.privacy_signals import Signals
from consent.services.publishing import publish
from consent.services.recording import ReportedEvent, SeenByServer, record_event
from cookies.models import Site
from tests.facts import ANSWERABLE


def make_published_site(key: str) -> tuple[Site, NoticeVersion]:
    site = Site.objects.create(key=key, name=key, domains=["https://www.example.com"], **ANSWERABLE)
    publication = publish(site=site, by="root", now=datetime(2026, 1, 1, tzinfo=UTC))
    assert publication
    return site, publication.version


def answer_once(site: Site, version: NoticeVersion, now: datetime) -> tuple[uuid.UUID, uuid.UUID]:
    """One more event, of a visitor whose consent id is known. Returns it and the event's id."""
    consent_id, event_id = uuid.uuid4(), uuid.uuid4()
    reported = ReportedEvent(
        event_id=event_id,
        consent_id=consent_id,
        action="reject_all",
        surface="banner",
        categories={"performance": False, "functional": False, "targeting": False},
        partners={},
        version_id=version.pk,
        language="en",
        regime="eu",
        signals=Signals(),
    )
    rules = ProofRules(regimes={}, dnt_policy="honour", categories={}, for_sale=frozenset())
    moment = now - timedelta(minutes=1)
    record_event(site_id=site.pk, reported=reported, seen=SeenByServer(regime="eu"), rules=rules, now=moment)
    return consent_id, event_id

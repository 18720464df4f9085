"""Events of a website, as recording would have left them: made in bulk, since here they are only the material."""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from django.db import connection, transaction

from consent.commitments import SALT_BYTES
from consent.models import ConsentEvent, NoticeVersion
from consent.models.event import insertion
from consent.services.recording import consent_ref_of, uuid7
from cookies.models import Site

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
AT_ONCE = 5000
ANSWERS = (
    ("accept_all", (True, True, True)),
    ("reject_all", (False, False, False)),
    ("save", (True, False, False)),
    ("withdraw", (False, False, False)),
)


def make_site(key: str) -> tuple[Site, NoticeVersion]:
    site = Site.objects.create(key=key, name=key, domains=["https://www.example.com"])
    version = NoticeVersion.objects.create(
        site=site, ordinal=1, digest=uuid.uuid4().hex * 2, payload=b"{}", created_at=BEGAN
    )
    return site, version


def fill(site: Site, version: NoticeVersion, count: int) -> None:
    """By the statement that records, since the ORM would take longer than all that is measured."""
    random = Random(count)
    statement, fields = insertion(connection.vendor)
    for start in range(0, count, AT_ONCE):
        facts = [_event(site, version, at, random) for at in range(start, min(start + AT_ONCE, count))]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(statement, [[convert(each[name]) for name, convert in fields] for each in facts])


def _event(site: Site, version: NoticeVersion, at: int, random: Random) -> dict[str, Any]:
    action, granted = random.choice(ANSWERS)
    moment = BEGAN + timedelta(seconds=at, microseconds=random.randrange(10**6))
    return {
        "id": uuid7(moment),
        "site_id": site.pk,
        "event_id": uuid.UUID(int=random.getrandbits(128), version=4),
        "consent_ref": consent_ref_of(uuid.UUID(int=random.getrandbits(128), version=4)),
        "received_at": moment,
        "client_time": moment,
        "action": action,
        "surface": "banner",
        "categories": {
            "strictly_necessary": True,
            **dict(zip(("performance", "functional", "targeting"), granted, strict=True)),
        },
        "partners": {},
        "version_id": version.pk,
        "language": random.choice(("en", "de", "fr")),
        "regime_shown": "eu",
        "regime_seen": "eu",
        "signals": {"dnt": False, "gpc": False},
        "signals_seen": {"dnt": False, "gpc": False},
        "country": random.choice(("DE", "FR", "US")),
        "device_class": random.choice(("phone", "desktop")),
        "trusted": True,
        "build": "a1b2c3d4e5f6",
        "variant": "",
        "salts": os.urandom(SALT_BYTES * len(ConsentEvent.ERASABLE)),
    }

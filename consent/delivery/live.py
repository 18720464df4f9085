"""What is live, held in the memory of each worker, so that visitors cost no query.

A thread asks the database every two seconds whether any website or publication changed (one small query,
whatever the traffic) and forgets what did. What a worker holds is therefore at most a few seconds old.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.db.models import Max
from django.utils import timezone

from consent.deciding import deciding_regimes, deciding_version
from consent.decisions import DecidingRegime, DecidingVersion
from consent.delivery.compose import recipe
from consent.grant_proof import ProofRules, proof_rules
from consent.models import Arm, ComposedFile, Experiment, NoticeVersion, Publication
from consent.services.publishing import compose_publication, live_publication, schedule_of
from cookies.models import Site

logger = logging.getLogger(__name__)
# Unknown keys are remembered too, or a scanner would cost a query each time; the bound keeps that harmless.
MOST_SITES = 5_000
MOST_VERSIONS = 5_000


@dataclass(frozen=True)
class LiveFile:
    body: bytes
    brotli: bytes
    gzip: bytes
    etag: str


@dataclass(frozen=True)
class LiveVersion:
    """What checking an event needs of a published version."""

    id: int
    digest: str
    languages: frozenset[str]
    regimes: tuple[str, ...]
    categories: Mapping[str, str]
    rules: ProofRules


@dataclass(frozen=True)
class LiveSite:
    """A website as visitors meet it. `files` is empty where nothing is published. `until` is the moment at which
    a scheduled publication replaces this one, or a test of banners ends."""

    id: int
    key: str
    name: str
    domains: tuple[str, ...]
    files: Mapping[str, LiveFile]
    version: NoticeVersion | None
    published_at: datetime | None
    payload: Mapping[str, Any] | None
    until: datetime | None
    regimes: tuple[DecidingRegime, ...] = ()
    deciding: DecidingVersion | None = None


_ABSENT: Any = object()
_sites: dict[str, LiveSite | None] = {}
_versions: dict[tuple[int, str], LiveVersion | None] = {}
_arms: dict[tuple[int, str], bool] = {}
_stamp: tuple[Any, ...] | None = None
_generation = 0
_started = threading.Lock()


def get_site(key: str) -> LiveSite | None:
    """The website with this public key, or None. From memory once it was asked for."""
    site: LiveSite | None = _sites.get(key, _ABSENT)
    if site is _ABSENT or (site and site.until and site.until <= timezone.now()):
        began_in = _generation
        site = _load_site(key)
        if began_in == _generation:
            # Otherwise something changed while we were reading: what was read may be old already.
            _remember(_sites, key, site, MOST_SITES)
    return site


def held_site(key: str) -> LiveSite | None:
    """A website that has something live and is in memory and still good; None for every other."""
    site = _sites.get(key)
    if site is None or site.payload is None or (site.until and site.until <= timezone.now()):
        return None
    return site


def get_version(site_id: int, digest: str) -> LiveVersion | None:
    """A version that was published for this website at any time. Versions never change, so it is kept for good."""
    try:
        return _versions[site_id, digest]
    except KeyError:
        found = _load_version(site_id, digest)
        return _remember(_versions, (site_id, digest), found, MOST_VERSIONS) if found else None


def is_arm(version_id: int, variant: str) -> bool:
    """Whether this version was ever an arm of this name in an A/B test. A yes is kept for good; a no is not, for a test
    may have begun in another process since."""
    if (version_id, variant) in _arms:
        return True
    found = Arm.objects.filter(version_id=version_id, variant=variant).exists()
    return found and bool(_remember(_arms, (version_id, variant), found, MOST_VERSIONS))


def get_file_by_digest(key: str, digest: str) -> ComposedFile | None:
    """A file by its immutable address, the whole digest or the half by which our own files name each other. Not kept
    in memory: caches in front hold it for a year."""
    # A range finds a beginning by the index of every database; "g" is behind all hex digits.
    named = ComposedFile.objects.filter(digest__gte=digest, digest__lt=digest + "g")
    return named.filter(publication__site__key=key).first()


def forget() -> None:
    """Drop everything that is held."""
    global _stamp, _generation
    _generation += 1
    _sites.clear()
    _versions.clear()
    _arms.clear()
    _stamp = None


def refresh() -> bool:
    """Drop the websites if anything changed since the last look. Says whether it did."""
    global _stamp, _generation
    newest = Site.objects.aggregate(site=Max("updated_at"), publication=Max("publications"))
    stamp = (newest["site"], newest["publication"])
    changed = stamp != _stamp
    if changed:
        _generation += 1
        _sites.clear()
        _stamp = stamp
    return changed


def start_refresher() -> None:
    """Begin to look for changes, once per process."""
    if settings.LIVE_REFRESH_SECONDS and _started.acquire(blocking=False):
        threading.Thread(target=_refresh_forever, name="live-refresher", daemon=True).start()


def _refresh_forever() -> None:
    while True:
        try:
            refresh()
        except DatabaseError:
            # What is held stays good: visitors are served while the database is away.
            logger.warning("Could not look for new publications. Serving what is known.")
        finally:
            close_old_connections()
            if settings.IS_SQLITE is False:
                connection.close()
        time.sleep(settings.LIVE_REFRESH_SECONDS)


def _load_site(key: str) -> LiveSite | None:
    now = timezone.now()
    site = Site.objects.filter(key=key, state=Site.State.ACTIVE).first()
    if site is None:
        return None
    publication = live_publication(site, now=now)
    payload = json.loads(bytes(publication.version.payload)) if publication else None
    coming = site.publications.filter(effective_at__gt=now).order_by("effective_at").first()
    experiment = Experiment.objects.filter(publication=publication, ends_at__gt=now).first() if publication else None
    changes = [coming.effective_at] if coming else []
    changes += [experiment.ends_at] if experiment else []
    return LiveSite(
        id=site.pk,
        key=site.key,
        name=site.name,
        domains=tuple(site.domains),
        files=_load_files(publication, experiment, now) if publication else {},
        version=publication.version if publication else None,
        published_at=publication.effective_at if publication else None,
        payload=payload,
        until=min(changes, default=None),
        regimes=deciding_regimes(payload) if payload else (),
        deciding=_deciding(publication, payload) if publication and payload else None,
    )


def _deciding(publication: Publication, payload: Mapping[str, Any]) -> DecidingVersion:
    schedule = schedule_of(publication)
    return deciding_version(
        payload,
        digest=publication.version.digest,
        ordinals=schedule.ordinals,
        grace=schedule.grace,
        announce_until=schedule.announce_until,
    )


def _load_files(publication: Publication, experiment: Experiment | None, now: datetime) -> dict[str, LiveFile]:
    """By language: the first files. While two banners are tested, those that draw one."""
    files = list(publication.files.filter(recipe=recipe(settings.PUBLIC_URL)))
    if not files:
        # A deployment that forgot `compose_snippets`: visitors must get the new engine all the same.
        files = compose_publication(publication=publication, now=now)
    variant = str(experiment.number) if experiment else ""
    return {
        file.language: LiveFile(bytes(file.body), bytes(file.brotli), bytes(file.gzip), file.digest)
        for file in files
        if file.kind == ComposedFile.Kind.SNIPPET and file.variant == variant
    }


def _load_version(site_id: int, digest: str) -> LiveVersion | None:
    version = NoticeVersion.objects.shown().filter(site_id=site_id, digest=digest).first()
    if version is None:
        return None
    payload = json.loads(bytes(version.payload))
    return LiveVersion(
        id=version.pk,
        digest=digest,
        languages=frozenset(payload["languages"]),
        regimes=tuple(regime["code"] for regime in payload["regimes"]),
        categories={partner["slug"]: partner["category"] for partner in payload["partners"]},
        rules=proof_rules(payload),
    )


def _remember(held: dict[Any, Any], key: Any, value: Any, most: int) -> Any:
    if len(held) >= most:
        held.pop(next(iter(held)), None)
    held[key] = value
    return value

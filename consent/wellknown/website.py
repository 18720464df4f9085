"""The tracking status of a website for one request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from consent import consent_cookie
from consent.consent_cookie import StoredChoice
from consent.decisions import DecidingRegime, DecidingVersion
from consent.delivery.live import LiveSite
from consent.geography import place_of
from consent.pages.addresses import own_origin, platform_origin
from consent.pages.situation import find_situation
from consent.places import regime_of
from consent.privacy_signals import read_signals
from consent.tracking_status import TrackingStatus, depends_on_visitor, tracking_value, website_status


@dataclass(frozen=True)
class Answered:
    """`is_personal`: the answer holds for this visitor only, and no cache may hand it to another."""

    status: TrackingStatus
    is_personal: bool


def status_for(request: HttpRequest, site: LiveSite, *, now: datetime) -> Answered | None:
    """None where nothing is published: then nothing can be said."""
    if site.payload is None or site.deciding is None:
        return None
    dnt_policy = site.payload["policy"]["dnt"]
    value = _value(request, site, site.deciding, dnt_policy, now)
    home = _own_origin(request, site) or home_of(site.domains)
    return Answered(status_of(site.key, value, home=home), depends_on_visitor(dnt_policy))


def status_of(key: str, tracking: str, *, home: str) -> TrackingStatus:
    """`home`: an origin of the website, or nothing."""
    return website_status(
        tracking,
        declaration_url=f"{settings.PUBLIC_URL}{reverse('page-declaration', kwargs={'key': key})}",
        preferences_url=f"{settings.PUBLIC_URL}{reverse('page-preferences', kwargs={'key': key})}",
        home=f"{home}/" if home else "",
    )


def home_of(domains: tuple[str, ...]) -> str:
    """The website's first address that is one, not a pattern."""
    return next((domain for domain in domains if "*" not in domain), "")


def _value(request: HttpRequest, site: LiveSite, version: DecidingVersion, dnt_policy: str, now: datetime) -> str:
    return tracking_value(
        regime=_regime(request, site, now),
        dnt_policy=dnt_policy,
        signals=read_signals(request.headers),
        stored=_stored(request, site),
        version=version,
        now=int(now.timestamp()),
    )


def _regime(request: HttpRequest, site: LiveSite, now: datetime) -> DecidingRegime:
    """Where there is one for everybody, nobody asks where the visitor is."""
    if len(site.regimes) == 1:
        return site.regimes[0]
    regimes = {regime.code: regime for regime in site.regimes}
    return regimes[regime_of(place_of(request), regimes, on=now.date())]


def _stored(request: HttpRequest, site: LiveSite) -> StoredChoice | None:
    """On the platform's own domain, a cookie of this name is not the website's, whoever wrote it."""
    if not _own_origin(request, site):
        return None
    return consent_cookie.newest(consent_cookie.values_in(request.headers.get("Cookie", "")))


def _own_origin(request: HttpRequest, site: LiveSite) -> str:
    """The origin under which the request was sent, where it is the website's; else nothing."""
    origin = own_origin(request)
    situation = find_situation(
        own_origin=origin, platform_origin=platform_origin(), domains=site.domains, return_url=None
    )
    return origin if situation.kind == "own" else ""

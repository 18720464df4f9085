"""What the server itself sees of a request, whatever its body claims."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.http import HttpRequest

from consent.delivery.live import LiveSite
from consent.devices import device_class
from consent.geography import place_of
from consent.places import regime_of
from consent.privacy_signals import read_signals
from consent.services.recording import SeenByServer
from consent.services.sightings import see_page


def seen_by_server(request: HttpRequest, codes: Iterable[str], now: datetime) -> SeenByServer:
    """`codes`: the regimes of the version in question, the one for everybody else first."""
    place = place_of(request)
    return SeenByServer(
        signals=read_signals(sent_signals(request)),
        regime=regime_of(place, codes, on=now.date()),
        country=place.country,
        device_class=device_class(request.META.get("HTTP_USER_AGENT", "")),
    )


def sent_signals(request: HttpRequest) -> dict[str, str]:
    """The two headers, read from where the server put them: making a map of all of them would cost more."""
    return {"DNT": request.META.get("HTTP_DNT", ""), "Sec-GPC": request.META.get("HTTP_SEC_GPC", "")}


def see_embedding(request: HttpRequest, site: LiveSite, now: datetime) -> None:
    """What speaks to us from a page of the website was put there by the embed line: its address was seen with it."""
    if origin := request.META.get("HTTP_ORIGIN"):
        see_page(site_id=site.id, origin=origin, domains=site.domains, day=now.date())

"""Where a request came from, as far as this server can tell by itself: nobody else is asked.

The visitor's address is used and dropped. It is kept nowhere, and no message names it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import cache
from itertools import islice

import maxminddb
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from maxminddb import InvalidDatabaseError, Reader

from consent.places import UNKNOWN_PLACE, Place, read_place
from consent.proxies import client_address

logger = logging.getLogger(__name__)
PROBED_NETWORKS = 1_000


def place_of(request: HttpRequest) -> Place:
    """What the trusted edge says, else what the local database says, else an unknown place. Never raises."""
    country = request.headers.get(settings.COUNTRY_HEADER, "") if settings.COUNTRY_HEADER else ""
    if country:
        # An edge that says `unknown` or `Tor` knows better than a table of addresses.
        region = request.headers.get(settings.REGION_HEADER, "") if settings.REGION_HEADER else ""
        return read_place(country, region)
    if settings.GEOIP_DATABASE:
        return _looked_up(address_of(request))
    return UNKNOWN_PLACE


def address_of(request: HttpRequest) -> str:
    """The visitor's address, or "". To be used and dropped."""
    return client_address(
        request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR"), settings.TRUSTED_PROXIES
    )


@cache
def open_database(path: str) -> Reader:
    """The database in MaxMind's format, opened once per process and tried out.

    Raises ImproperlyConfigured for one that is missing, not readable, cut off, or without countries: a server that
    silently takes everybody for a stranger would be found out too late.
    """
    try:
        reader = maxminddb.open_database(path)
        countries = {_place_in(record).country for record in _probe(reader)} - {None}
    except (OSError, ValueError, InvalidDatabaseError) as error:
        raise ImproperlyConfigured(
            f"GEOIP_DATABASE is {path!r}, and this file can't be read ({error}). "
            "Fetch the whole .mmdb file again, or leave the variable empty."
        ) from error
    if not countries:
        raise ImproperlyConfigured(
            f"GEOIP_DATABASE is {path!r}, and this file holds no countries. Name a country or city database."
        )
    return reader


def _probe(reader: Reader) -> Iterator[object]:
    """Records from the beginning and from all over: in a file that was cut off, some lead past its end."""
    yield from (record for _, record in islice(reader, PROBED_NETWORKS))
    yield from (reader.get(f"{first}.0.0.1") for first in range(256))


def _looked_up(address: str) -> Place:
    try:
        return _place_in(open_database(settings.GEOIP_DATABASE).get(address))
    except ValueError:
        # No address, or one of a kind that the database does not hold.
        return UNKNOWN_PLACE
    except InvalidDatabaseError:
        _warn_once(settings.GEOIP_DATABASE)
        return UNKNOWN_PLACE


def _place_in(record: object) -> Place:
    match record:
        case {"country": {"iso_code": str(country)}, "subdivisions": [{"iso_code": str(region)}, *_]}:
            return read_place(country, region)
        case {"country": {"iso_code": str(country)}}:
            return read_place(country)
    return UNKNOWN_PLACE


@cache
def _warn_once(path: str) -> None:
    logger.warning("The database %s is damaged. Some visitors count as being at an unknown place.", path)

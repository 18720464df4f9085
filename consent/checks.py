"""System checks: what must be true of a server before visitors rely on it."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

from consent import append_only, waiting


@register(Tags.database)
def evidence_is_guarded(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """E001: the append-only triggers stand on every database that was asked for."""
    return [
        Error(
            f"The database {alias!r} lacks the trigger {name}: evidence could be altered.",
            hint="Find out who removed it. `manage.py migrate --skip-checks` installs the triggers again.",
            id="consent.E001",
        )
        for alias in databases or []
        for name in append_only.missing(connections[alias])
    ]


@register(Tags.database)
def evidence_is_queued(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """E003: each database that was asked for writes what is recorded into the queue of what is to be sealed."""
    return [
        Error(
            f"The database {alias!r} lacks the trigger {name}: what is recorded would not be sealed.",
            hint="`manage.py migrate --skip-checks` installs it again, and queues what was recorded without it.",
            id="consent.E003",
        )
        for alias in databases or []
        for name in waiting.missing(connections[alias])
    ]


@register(Tags.security, deploy=True)
def proxies_are_counted(**_: Any) -> list[CheckMessage]:
    """W002: behind a proxy that ends https, requests would be redirected to https in a circle."""
    if not settings.IS_HTTPS or settings.TRUSTED_PROXIES:
        return []
    return [
        Warning(
            "PUBLIC_URL is https, but TRUSTED_PROXIES is 0.",
            hint="The server itself speaks http. Set TRUSTED_PROXIES to the number of proxies in front of it.",
            id="consent.W002",
        )
    ]


@register(Tags.security, deploy=True)
def trusted_header_is_set_by_a_proxy(**_: Any) -> list[CheckMessage]:
    """W003: a header that nobody in front overwrites says whatever the visitor's program wants."""
    if not settings.COUNTRY_HEADER or settings.TRUSTED_PROXIES:
        return []
    return [
        Warning(
            "COUNTRY_HEADER is set, but TRUSTED_PROXIES is 0: anybody could forge where they are.",
            hint="Empty COUNTRY_HEADER, or set TRUSTED_PROXIES to the number of proxies in front, "
            "of which one must overwrite the header.",
            id="consent.W003",
        )
    ]


@register(Tags.security, deploy=True)
def public_address_is_https(**_: Any) -> list[CheckMessage]:
    """W001: consent cookies are `Secure` only where the platform's pages are."""
    if settings.IS_HTTPS:
        return []
    return [
        Warning(
            "PUBLIC_URL is not an https address.",
            hint="Set PUBLIC_URL to the https address that websites will embed.",
            id="consent.W001",
        )
    ]

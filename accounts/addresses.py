"""Where a login comes from, for counting attempts. The address is hashed there and kept nowhere."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from consent.proxies import client_address


def address_of(request: HttpRequest) -> str:
    """The address that the last trusted proxy saw, or ""."""
    return client_address(
        request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR"), settings.TRUSTED_PROXIES
    )

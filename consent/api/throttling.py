"""How often a client may ask: counted in memory by address, kept nowhere."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.throttling import BaseThrottle

from consent.api.request_limits import RequestLimit, request_limit
from consent.geography import address_of


class ClientThrottle(BaseThrottle):
    """EVENT_RATE requests per client, for the views of Django REST framework; one count with the plain views."""

    waiting: float | None = None

    def allow_request(self, request: Any, view: Any) -> bool:
        self.waiting = seconds_to_wait(request)
        return self.waiting is None

    def wait(self) -> float | None:
        return self.waiting


def seconds_to_wait(request: HttpRequest) -> float | None:
    """How long this client must wait before it is heard again; None where it may go on.

    The client is the address that the last trusted proxy saw; where none says one, the connection's own.
    """
    return _seconds_to_wait(address_of(request) or request.META.get("REMOTE_ADDR", ""))


def seconds_to_wait_as_user(user_ref: str) -> float | None:
    """The same for a user whom a website's token names: its server asks for all of them from one address."""
    return _seconds_to_wait(f"user:{user_ref}")


def _seconds_to_wait(client: str) -> float | None:
    limit = _limit(settings.EVENT_RATE)
    return limit.seconds_to_wait(client, time.time()) if limit else None


@lru_cache(maxsize=4)
def _limit(rate: str | None) -> RequestLimit | None:
    return request_limit(rate)


def forget() -> None:
    """Let every client begin anew."""
    _limit.cache_clear()

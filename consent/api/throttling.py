"""How often a client may ask: counted in memory by address, kept nowhere."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.throttling import SimpleRateThrottle

from consent.geography import address_of


class ClientThrottle(SimpleRateThrottle):
    """EVENT_RATE requests per client. The client is the address that the last trusted proxy saw; where none says one,
    the connection's own."""

    scope = "client"

    def get_rate(self) -> str | None:
        return settings.EVENT_RATE

    def get_cache_key(self, request: Any, view: Any) -> str:
        return f"throttle:{address_of(request) or request.META.get('REMOTE_ADDR', '')}"


def seconds_to_wait(request: HttpRequest) -> float | None:
    """How long this client must wait before it is heard again; None where it may go on. For plain views."""
    throttle: Any = ClientThrottle()
    return None if throttle.allow_request(request, None) else throttle.wait() or 1.0

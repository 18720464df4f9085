"""How often a client may ask: counted in memory by address, kept nowhere."""

from django.conf import settings
from rest_framework.throttling import SimpleRateThrottle


class ClientThrottle(SimpleRateThrottle):
    """EVENT_RATE requests per client. The client is the address that the last trusted proxy saw (TRUSTED_PROXIES
    counts from the right of X-Forwarded-For; with none, the connection's own)."""

    scope = "client"

    def get_rate(self) -> str | None:
        return settings.EVENT_RATE

    def get_cache_key(self, request: object, view: object) -> str:
        return f"throttle:{self.get_ident(request)}"

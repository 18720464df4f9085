"""How often a token may ask, and how it is told (draft-ietf-httpapi-ratelimit-headers, RFC 6585)."""

from __future__ import annotations

import math
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from rest_framework.throttling import SimpleRateThrottle

POLICY = "token"


class TokenThrottle(SimpleRateThrottle):
    """TOKEN_RATE requests per token, counted in the memory of each worker, whatever they are answered."""

    scope = "token"

    def get_rate(self) -> str | None:
        return settings.TOKEN_RATE

    def get_cache_key(self, request: Any, view: Any) -> str:
        return f"token-rate:{request.auth.pk}"

    def tell(self, response: HttpResponseBase) -> None:
        """Say how much is left, and in how many seconds the oldest request no longer counts."""
        # Without a history the token was not asked for, or there is no limit.
        history: list[float] | None = getattr(self, "history", None)
        if history is None:
            return
        quota, window = self.parse_rate(self.rate)
        assert quota is not None
        assert window is not None
        left = max(0, quota - len(history))
        reset = window - (self.now - history[-1]) if history else window
        response["RateLimit-Policy"] = f'"{POLICY}";q={quota};w={window}'
        response["RateLimit"] = f'"{POLICY}";r={left};t={math.ceil(reset)}'

"""How an address of the machine API ends: announced in every answer, sixty days before at the latest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http.response import HttpResponseBase
from django.utils.http import http_date

NOTICE = timedelta(days=60)


@dataclass(frozen=True)
class Deprecation:
    """Since when something is deprecated, and from when it may be gone. `instead`: the address of what to read."""

    since: datetime
    sunset: datetime
    instead: str

    def __post_init__(self) -> None:
        if self.sunset - self.since < NOTICE:
            raise ValueError(f"What is deprecated works for at least {NOTICE.days} days more.")

    def tell(self, response: HttpResponseBase) -> None:
        """RFC 9745 and RFC 8594."""
        response["Deprecation"] = f"@{int(self.since.timestamp())}"
        response["Sunset"] = http_date(self.sunset.timestamp())
        response["Link"] = f'<{self.instead}>; rel="deprecation"'

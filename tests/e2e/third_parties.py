"""Everybody who is not us: every request to a host beyond this machine is written down and answered here.

Nothing reaches the network. A stand-in's script says that it ran (`window.ran`) and sets the cookies that the
real one would set, so that tests can watch them come and go.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Request, Route

COOKIES = {
    "www.googletagmanager.com": ("_ga", "_ga_TEST"),
    "www.google-analytics.com": ("_ga",),
    "connect.facebook.net": ("_fbp",),
    "js.hs-scripts.com": ("__hstc", "hubspotutk"),
    "js-eu1.hs-scripts.com": ("__hstc", "hubspotutk"),
    "static.hotjar.com": ("_hjSessionUser_1",),
    "www.clarity.ms": ("_clck",),
    "snap.licdn.com": ("li_gc",),
    "analytics.tiktok.com": ("_ttp",),
    "cdn.matomo.cloud": ("_pk_id.1", "_pk_ses.1"),
}
# A transparent GIF of one pixel.
PIXEL = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
# A pattern, which the browser's driver tries by itself: a function would be asked about every request of every page.
OTHERS = re.compile(r"^(?:https?|wss?)://(?!(?:[^/?#]*\.)?localhost[:/?#]|127\.0\.0\.1[:/?#]|\[::1\][:/?#])")
OPEN_TO_ALL = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}


@dataclass(frozen=True)
class Sent:
    """A request that left the page for somebody else."""

    host: str
    url: str
    method: str
    kind: str
    body: str | None
    referer: str | None


@dataclass
class ThirdParties:
    """The record of one test. Iterate over `sent`, or ask for `hosts`."""

    sent: list[Sent] = field(default_factory=list)

    @property
    def hosts(self) -> set[str]:
        return {request.host for request in self.sent}

    def to(self, host: str) -> list[Sent]:
        return [request for request in self.sent if request.host == host]

    def forget(self) -> None:
        """Start the record anew, to ask what a single action sent."""
        self.sent.clear()

    def watch(self, context: BrowserContext) -> None:
        context.route(OTHERS, self._answer)

    def _answer(self, route: Route, request: Request) -> None:
        self._note(request)
        answer(route, request)

    def _note(self, request: Request) -> None:
        self.sent.append(
            Sent(
                host=urlsplit(request.url).hostname or "",
                url=request.url,
                method=request.method,
                kind=request.resource_type,
                body=request.post_data,
                referer=request.headers.get("referer"),
            )
        )


class Nobody(ThirdParties):
    """Writes down likewise, and leaves everybody unanswered: for pages that must ask nobody. A browser whose requests
    are answered keeps no files, and those of the admin load the same twenty on every page."""

    def watch(self, context: BrowserContext) -> None:
        context.on("request", lambda request: None if is_this_machine(request.url) else self._note(request))


def is_this_machine(url: str) -> bool:
    return OTHERS.match(url) is None


def answer(route: Route, request: Request) -> None:
    match request.resource_type:
        case "script":
            route.fulfill(body=script(request.url), content_type="text/javascript", headers=OPEN_TO_ALL)
        case "document":
            route.fulfill(body=document(request.url), content_type="text/html", headers=OPEN_TO_ALL)
        case "image":
            route.fulfill(body=PIXEL, content_type="image/gif", headers=OPEN_TO_ALL)
        case "stylesheet":
            route.fulfill(body="", content_type="text/css", headers=OPEN_TO_ALL)
        case _:
            route.fulfill(status=204, headers=OPEN_TO_ALL)


def script(url: str) -> str:
    parts = urlsplit(url)
    lines = [f"(window.ran = window.ran || []).push({parts.hostname + parts.path!r});" if parts.hostname else ""]
    lines += [
        f"document.cookie = '{name}=stand-in; path=/; max-age=3600';" for name in COOKIES.get(parts.hostname or "", ())
    ]
    return "\n".join(lines)


def document(url: str) -> str:
    host = urlsplit(url).hostname
    return f"<!doctype html><html lang=en><title>{host}</title><body><p>Stand-in for {host}</p></body></html>"

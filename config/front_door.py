"""In front of Django: the two hot paths, without the middleware that they need nothing of (docs/decisions/0021).

A visitor's browser has no session, no login, no form and no message here. What the middleware adds to every answer is
added here too (tests/consent/test_front_door.py compares). Whatever is not plainly one of the two goes to Django.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.handlers.exception import response_for_exception
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection
from django.http.request import split_domain_port, validate_host

from consent.api.events import events
from consent.delivery import live
from consent.delivery.answers import FRESH, answer_with
from consent.tracking_status import NOT_TRACKING

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
SNIPPET = re.compile(r"/s/([a-z0-9-]{1,40})\.js")
EVENTS = re.compile(r"/api/v1/sites/([a-z0-9-]{1,40})/events")
HEADERS_OF_MIDDLEWARE = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", settings.SECURE_REFERRER_POLICY),
    ("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY),
    ("X-Frame-Options", settings.X_FRAME_OPTIONS),
)


class FrontDoor:
    """A WSGI application before another."""

    def __init__(self, django: Application) -> None:
        self.django = django

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith("/s/") and (found := SNIPPET.fullmatch(path)) and _is_plain(environ, "GET"):
            site = live.held_site(found[1])
            if site:
                return _send_snippet(site, environ, start_response)
        elif path.endswith("/events") and (found := EVENTS.fullmatch(path)) and _is_plain(environ, "POST"):
            return _record(found[1], environ, start_response)
        return self.django(environ, start_response)


def _is_plain(environ: Environ, method: str) -> bool:
    """Whether nothing about the request needs Django: not its host, not a redirect to https."""
    return environ["REQUEST_METHOD"] == method and _is_own_host(environ.get("HTTP_HOST", "")) and _is_secure(environ)


@lru_cache(maxsize=256)
def _is_own_host(host: str) -> bool:
    return validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def _is_secure(environ: Environ) -> bool:
    if not settings.SECURE_SSL_REDIRECT:
        return True
    header = settings.SECURE_PROXY_SSL_HEADER
    if header and header[0] in environ:
        return bool(environ[header[0]].split(",")[0].strip() == header[1])
    return bool(environ["wsgi.url_scheme"] == "https")


def _send_snippet(site: live.LiveSite, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    assert site.payload is not None
    file = site.files[site.payload["site"]["default_language"]]
    answer = answer_with(
        file,
        FRESH,
        accepted=environ.get("HTTP_ACCEPT_ENCODING", ""),
        known=environ.get("HTTP_IF_NONE_MATCH", ""),
    )
    headers = [*answer.headers, ("Tk", NOT_TRACKING), *_headers_of_middleware(environ)]
    if answer.body is None:
        start_response("304 Not Modified", headers)
        return [b""]
    start_response("200 OK", [*headers, ("Content-Length", str(len(answer.body)))])
    return [answer.body]


def _record(key: str, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    request = WSGIRequest(environ)
    try:
        response = events(request, key=key)
    except Exception as error:  # noqa: BLE001  the outermost edge of this request
        # As Django itself does it: logged, and answered with 500.
        response = response_for_exception(request, error)
    headers = list(response.items())
    set_already = {name for name, _ in headers}
    added = (("Tk", NOT_TRACKING), ("Content-Length", str(len(response.content))), *_headers_of_middleware(environ))
    headers += [(name, value) for name, value in added if name not in set_already]
    _give_back_connection()
    start_response(f"{response.status_code} {response.reason_phrase}", headers)
    return [response.content]


def _give_back_connection() -> None:
    """Where it is borrowed; and drops one that is broken: what Django does at a request's end."""
    connection.close_if_unusable_or_obsolete()


def _headers_of_middleware(environ: Environ) -> tuple[tuple[str, str], ...]:
    transport = _transport_security(environ.get("HTTP_HOST", "")) if settings.SECURE_HSTS_SECONDS else ""
    return (*HEADERS_OF_MIDDLEWARE, ("Strict-Transport-Security", transport)) if transport else HEADERS_OF_MIDDLEWARE


@lru_cache(maxsize=256)
def _transport_security(host: str) -> str:
    """Only for the platform's own name: see config.middleware."""
    if settings.PUBLIC_URL.partition("://")[2] != host:
        return ""
    subdomains = "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
    preload = "; preload" if settings.SECURE_HSTS_PRELOAD else ""
    return f"max-age={settings.SECURE_HSTS_SECONDS}{subdomains}{preload}"

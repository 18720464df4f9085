"""The door in front of Django answers as Django would: status, headers and bytes. Everything else passes."""

from __future__ import annotations

import io
import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from config.front_door import FrontDoor
from consent.delivery import live
from consent.models import ConsentEvent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from consent.models import Publication

pytestmark = pytest.mark.django_db
SNIPPET, EVENTS = "/s/numonix.js", "/api/v1/sites/numonix/events"


class Watched:
    """Django, and whether it was asked."""

    def __init__(self) -> None:
        self.django, self.asked = WSGIHandler(), 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.asked += 1
        return self.django(environ, start_response)


@pytest.fixture(autouse=True)
def _connection_stays(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A test's transaction would end with its connection; tests/server has the real thing."""
    monkeypatch.setattr("config.front_door._give_back_connection", lambda: None)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def django() -> Watched:
    return Watched()


@pytest.fixture
def warm(published: Publication) -> None:
    """The website is in memory, as after its first visitor."""
    live.get_site("numonix")


def ask(application: Any, method: str, path: str, body: bytes = b"", **more: Any) -> tuple[str, dict[str, str], bytes]:
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SCRIPT_NAME": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "203.0.113.7",
        "HTTP_HOST": "localhost:8000",
        "CONTENT_TYPE": "text/plain",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        **more,
    }
    told: list[Any] = []
    content = application(environ, lambda status, headers, error=None: told.extend((status, headers)))
    raw = b"".join(content)
    if close := getattr(content, "close", None):
        close()
    status, headers = told
    assert len({name.lower() for name, _ in headers}) == len(headers), "A header was set twice."
    return status, dict(headers), raw


def event(published: Publication, **changes: Any) -> bytes:
    body = {
        "event_id": str(uuid.uuid4()),
        "consent_id": str(uuid.uuid4()),
        "action": "reject_all",
        "surface": "banner",
        "categories": {"performance": False, "functional": False, "targeting": False},
        "version": published.version.digest,
        "language": "en",
        "signals": {"gpc": False, "dnt": False},
    }
    return json.dumps({**body, **changes}).encode()


@pytest.mark.parametrize(
    "more", [{}, {"HTTP_ACCEPT_ENCODING": "gzip, br"}, {"HTTP_ACCEPT_ENCODING": "gzip"}, {"HTTP_IF_NONE_MATCH": '"x"'}]
)
def test_snippet_is_what_django_would_send(warm: None, django: Watched, more: dict[str, Any]) -> None:
    expected = ask(django, "GET", SNIPPET, **more)
    assert ask(FrontDoor(django), "GET", SNIPPET, **more) == expected
    assert django.asked == 1
    known = {**more, "HTTP_IF_NONE_MATCH": expected[1]["ETag"]}
    ours, theirs = ask(FrontDoor(django), "GET", SNIPPET, **known), ask(django, "GET", SNIPPET, **known)
    # Django says that the body which it leaves out has no bytes; nothing is said of it here (RFC 9110 §8.6).
    assert theirs[1].pop("Content-Length") == "0"
    assert ours == theirs


@pytest.mark.parametrize(
    ("origin", "changes", "status"),
    [
        ("https://www.numonix.example", {}, 201),
        ("https://elsewhere.example", {}, 403),
        ("https://www.numonix.example", {"language": "xx"}, 400),
        ("https://www.numonix.example", {"version": "0" * 64}, 409),
    ],
)
def test_event_is_answered_as_django_would(
    warm: None, published: Publication, django: Watched, origin: str, changes: dict[str, Any], status: int
) -> None:
    answers = [
        ask(application, "POST", EVENTS, event(published, **changes), HTTP_ORIGIN=origin)
        for application in (FrontDoor(django), django)
    ]
    assert django.asked == 1
    (ours, our_headers, our_body), (theirs, their_headers, their_body) = answers
    assert ours == theirs
    assert ours.startswith(str(status))
    assert our_headers == their_headers
    assert set(json.loads(our_body)) == set(json.loads(their_body))
    assert ConsentEvent.objects.count() == (2 if status == 201 else 0)


def test_transport_security_is_as_django_says_it(
    warm: None, published: Publication, django: Watched, settings: Any
) -> None:
    settings.SECURE_HSTS_SECONDS = 3600
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.PUBLIC_URL = "https://localhost:8000"
    fresh = Watched()
    for host in ("localhost:8000", "127.0.0.1"):
        more: dict[str, Any] = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_HOST": host}
        ours, theirs = ask(FrontDoor(fresh), "GET", SNIPPET, **more), ask(fresh, "GET", SNIPPET, **more)
        assert ours[1].get("Strict-Transport-Security") == theirs[1].get("Strict-Transport-Security")
    assert ask(FrontDoor(fresh), "GET", SNIPPET)[0].startswith("301")


@pytest.mark.parametrize(
    ("method", "path", "more"),
    [
        ("HEAD", SNIPPET, {}),
        ("POST", SNIPPET, {}),
        ("OPTIONS", EVENTS, {"HTTP_ORIGIN": "https://www.numonix.example"}),
        ("GET", EVENTS, {}),
        ("GET", "/s/nobody.js", {}),
        ("GET", "/s/numonix.en.js", {}),
        ("GET", "/s/../s/numonix.js", {}),
        ("GET", "/p/numonix/", {}),
        ("GET", SNIPPET, {"HTTP_HOST": "evil.example"}),
        ("GET", SNIPPET, {"HTTP_HOST": ""}),
    ],
)
def test_everything_else_is_djangos(warm: None, django: Watched, method: str, path: str, more: dict[str, Any]) -> None:
    ask(FrontDoor(django), method, path, **more)
    assert django.asked == 1


def test_website_that_is_not_in_memory_is_djangos(published: Publication, django: Watched) -> None:
    live.forget()
    assert ask(FrontDoor(django), "GET", SNIPPET)[0] == "200 OK"
    assert ask(FrontDoor(django), "GET", SNIPPET)[0] == "200 OK"
    assert django.asked == 1


def test_fault_is_answered_with_500_and_not_let_through(
    warm: None, published: Publication, django: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("consent.api.events.record_event", fail)
    status, _, body = ask(
        FrontDoor(django), "POST", EVENTS, event(published), HTTP_ORIGIN="https://www.numonix.example"
    )
    assert status.startswith("500")
    assert b"Traceback" not in body

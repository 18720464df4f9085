"""What the website does with every kind of answer, and with none."""

from __future__ import annotations

import http.server
import json
import logging
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from consent.decision_facts import DecisionFacts, facts_as_dict
from consent.website.configuration import Configuration
from consent.website.source import FactsSource
from tests.consent.test_decision_facts import FACTS

if TYPE_CHECKING:
    from collections.abc import Iterator

GOOD = json.dumps(facts_as_dict(FACTS)).encode()


class StandIn(http.server.ThreadingHTTPServer):
    """A platform that says what a test wants it to say, and remembers what it was asked with."""

    status, body, headers = 200, GOOD, {"ETag": '"one"'}

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked_with: list[str | None] = []

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answering(http.server.BaseHTTPRequestHandler):
    server: StandIn

    def do_GET(self) -> None:
        known = self.headers.get("If-None-Match")
        self.server.asked_with.append(known)
        is_known = self.server.status == 200 and known is not None and known == self.server.headers.get("ETag")
        self.send_response(304 if is_known else self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if not is_known:
            self.wfile.write(self.server.body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


def source_of(origin: str) -> FactsSource:
    """One that looks when it is told to."""
    return FactsSource(Configuration("my-site", origin, refresh_seconds=3_600))


def held(source: FactsSource) -> DecisionFacts | None:
    """What it knows, without making it look."""
    return source._facts


def test_source_keeps_what_it_fetched_and_asks_only_whether_it_changed(stand_in: StandIn) -> None:
    source = source_of(stand_in.origin)
    source.look()
    source.look()
    assert held(source) == FACTS
    assert stand_in.asked_with == [None, '"one"']


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>A proxy's own page</html>"),
        (200, b"\xff"),
        (200, b"{}"),
        (200, b"[" * 100_000),
        (200, GOOD + b" " * 1_000_000),
        (200, GOOD.replace(b"opt_in", b"opt_sideways")),
        (404, b"<html>A proxy's own page</html>"),
        (404, b'{"error": {"code": "not_found", "detail": "An older platform"}}'),
        (304, b""),
        (500, b""),
        (503, b'{"error": "busy"}'),
    ],
)
def test_odd_answer_leaves_what_is_known(stand_in: StandIn, status: int, body: bytes) -> None:
    source = source_of(stand_in.origin)
    stand_in.status, stand_in.body, stand_in.headers = status, body, {}
    source.look()
    assert held(source) is None
    stand_in.status, stand_in.body = 200, GOOD
    source.look()
    assert held(source) == FACTS
    stand_in.status, stand_in.body = status, body
    source.look()
    assert held(source) == FACTS


@pytest.mark.parametrize("code", ["unknown_site", "nothing_published"])
def test_platform_that_knows_nothing_of_the_website_is_believed(stand_in: StandIn, code: str) -> None:
    source = source_of(stand_in.origin)
    source.look()
    stand_in.status, stand_in.body = 404, json.dumps({"error": {"code": code, "detail": "…"}}).encode()
    source.look()
    assert held(source) is None
    stand_in.status, stand_in.body = 200, GOOD
    source.look()
    assert held(source) == FACTS, "The tag of what was forgotten must be forgotten too."


def test_trouble_is_reported_when_it_begins_and_when_it_ends(
    stand_in: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    source = source_of(stand_in.origin)
    with caplog.at_level(logging.WARNING):
        for status in (200, 500, 500, 503, 200, 200):
            stand_in.status = status
            source.look()
    assert [("What is known stays" in message, "answers again" in message) for message in caplog.messages] == [
        (True, False),
        (False, True),
    ]


def test_only_the_first_visitor_waits_for_a_platform_that_says_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        source = source_of(f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        source.wait_for_first_look()
        assert 1 < time.monotonic() - began < 10
        assert source.has_looked
        began = time.monotonic()
        for _ in range(100):
            source.wait_for_first_look()
            assert source.facts is None
        assert time.monotonic() - began < 1


def test_one_thread_asks_for_all_visitors(stand_in: StandIn) -> None:
    source = source_of(stand_in.origin)
    visitors = [threading.Thread(target=source.wait_for_first_look) for _ in range(20)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert source.facts == FACTS
    assert len(stand_in.asked_with) == 1

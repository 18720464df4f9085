"""Where the website's facts come from: the platform, asked by a thread of its own, so that no visitor waits for it.

What was fetched last stays good while the platform is away. Before anything was fetched, nothing optional is allowed.
"""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from functools import cache
from http import HTTPStatus
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from consent.decision_facts import DecisionFacts, read_facts
from consent.website.configuration import Configuration

logger = logging.getLogger(__name__)
# How long the platform may take to answer, and how long the first visitor of a process waits for that at most.
TIMEOUT_SECONDS = 2
# While nothing is known, the platform is asked again sooner.
RETRY_SECONDS = 5
MOST_BYTES = 1_000_000
NO_FACTS = ("unknown_site", "nothing_published")
# Everything that a network, a proxy in between or a wrong address can answer. UnreadableFacts is a ValueError.
TROUBLE = (OSError, HTTPException, ValueError, RecursionError)


class FactsSource:
    """The facts of one website in one process."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._facts: DecisionFacts | None = None
        self._etag = ""
        self._trouble = ""
        self._starting = threading.Lock()
        self._looked = threading.Event()
        self._process = 0

    @property
    def facts(self) -> DecisionFacts | None:
        """What was fetched last, or None. Never waits."""
        self._start()
        return self._facts

    @property
    def has_looked(self) -> bool:
        return self._looked.is_set()

    def wait_for_first_look(self) -> None:
        """Give the platform its one chance to answer before the first visitor is. Later calls return at once."""
        self._start()
        if not self._looked.wait(TIMEOUT_SECONDS):
            # Nobody else waits for a platform that is that slow, or for a server that runs no threads.
            self._looked.set()

    def look(self) -> None:
        """Ask the platform, and keep what it says. Never raises for what a network can do."""
        try:
            self._ask()
        except TROUBLE as error:
            self._report(f"{type(error).__name__}: {error}")

    def _start(self) -> None:
        """Begin to look, once per process: a thread does not survive a fork."""
        if self._process != os.getpid():
            with self._starting:
                if self._process != os.getpid():
                    self._process = os.getpid()
                    threading.Thread(target=self._look_forever, name="sayso-facts", daemon=True).start()

    def _look_forever(self) -> None:
        longest = self._configuration.refresh_seconds
        while True:
            self.look()
            self._looked.set()
            time.sleep(longest if self._facts else min(longest, RETRY_SECONDS))

    def _ask(self) -> None:
        headers = {"Accept": "application/json", "If-None-Match": self._etag}
        request = Request(self._configuration.facts_url, headers={name: text for name, text in headers.items() if text})
        try:
            with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
                facts = read_facts(_decoded(answer.read(MOST_BYTES + 1)))
                self._etag = answer.headers.get("ETag", "")
        except HTTPError as answer:
            with answer:
                self._hear_refusal(answer)
        else:
            self._facts = facts
            self._report("")

    def _hear_refusal(self, answer: HTTPError) -> None:
        if answer.code == HTTPStatus.NOT_MODIFIED and self._facts:
            self._report("")
            return
        if answer.code == HTTPStatus.NOT_FOUND and _error_code(answer.read(MOST_BYTES)) in NO_FACTS:
            # The platform itself says that nothing is live: what was fetched before binds nobody any more.
            self._facts, self._etag = None, ""
        self._report(f"{answer.code} {answer.reason}")

    def _report(self, trouble: str) -> None:
        """Once when it begins and once when it is over, not with every look."""
        if bool(trouble) != bool(self._trouble):
            if trouble:
                rest = "What is known stays in force." if self._facts else "Everything optional is off until then."
                logger.warning("Sayso: no facts from %s (%s). %s", self._configuration.facts_url, trouble, rest)
            else:
                logger.warning("Sayso: %s answers again.", self._configuration.facts_url)
        self._trouble = trouble


@cache
def source_for(configuration: Configuration) -> FactsSource:
    """One per process, whoever asks: the middleware of each handler, and the template tags."""
    return FactsSource(configuration)


def _decoded(body: bytes) -> object:
    if len(body) > MOST_BYTES:
        raise ValueError("The answer is too long.")
    decoded: object = json.loads(body)
    return decoded


def _error_code(body: bytes) -> str:
    match _decoded(body):
        case {"error": {"code": str(code)}}:
            return code
    return ""

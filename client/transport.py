"""One request and its answer, over HTTP."""

from __future__ import annotations

import hashlib
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any, BinaryIO
from urllib.parse import quote, urlencode, urlsplit

from .errors import KINDS, ApiProblem, NoAnswer

LOOPBACK = ("localhost", "127.0.0.1", "::1")
A_PIECE = 64 * 1024


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A token goes to the server that it was given for, and nowhere that this server sends it."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class Transport:
    """Speaks with one server as one token. Keeps nothing between requests, so threads may share it."""

    def __init__(self, base_url: str, token: str, *, timeout: float) -> None:
        parts = urlsplit(base_url)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            raise ValueError("A token is sent over https only.")
        self._base, self._token, self._timeout = base_url.rstrip("/"), token, timeout
        self._open = urllib.request.build_opener(_NoRedirects).open

    def __repr__(self) -> str:
        return f"<Transport {self._base}>"

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        if_match: str = "",
    ) -> Any:
        """The JSON of the answer; None where it has none. Raises ApiProblem or NoAnswer."""
        request = urllib.request.Request(
            self._address(path, query or {}), method=method, headers=self._headers(if_match)
        )
        if body is not None:
            request.data = json.dumps(body, default=_written).encode()
            request.add_header("Content-Type", "application/json")
        with self._answer(request) as answer:
            return _decoded(answer.read())

    def take(self, path: str, file: BinaryIO) -> str:
        """Write what stands at an address into a file, piece by piece. Returns its SHA-256. Raises as `ask` does."""
        digest = hashlib.sha256()
        with self._answer(urllib.request.Request(self._address(path, {}), headers=self._headers(""))) as answer:
            while piece := answer.read(A_PIECE):
                file.write(piece)
                digest.update(piece)
        return digest.hexdigest()

    @contextmanager
    def _answer(self, request: urllib.request.Request) -> Iterator[Any]:
        try:
            with self._open(request, timeout=self._timeout) as answer:
                yield answer
        except urllib.error.HTTPError as error:
            with error:
                raise _problem(error) from None
        except (urllib.error.URLError, TimeoutError, ConnectionError, http.client.IncompleteRead) as error:
            raise NoAnswer(f"{self._base} gave no answer: {error}") from error

    def _address(self, path: str, query: Mapping[str, Any]) -> str:
        asked = {name: _asked(value) for name, value in query.items() if value is not None}
        return f"{self._base}/api/v1/manage/{quote(path)}" + (f"?{urlencode(asked)}" if asked else "")

    def _headers(self, if_match: str) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        if if_match:
            headers["If-Match"] = if_match if if_match == "*" else f'"{if_match}"'
        return headers


def _problem(error: urllib.error.HTTPError) -> Exception:
    wait = error.headers.get("Retry-After", "")
    try:
        problem = _decoded(error.read())
    except NoAnswer:
        problem = None
    if not isinstance(problem, Mapping):
        return NoAnswer(f"The answer was {error.code}, and no problem of the machine API.")
    kind = KINDS.get(error.code, ApiProblem)
    return kind(error.code, problem, retry_after=float(wait) if wait.isdecimal() else None)


def _decoded(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        raise NoAnswer("The answer was no JSON.") from None


def _asked(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else _written(value)


def _written(value: Any) -> str:
    """Dates and moments as the server reads them."""
    return value.isoformat() if isinstance(value, date) else str(value)

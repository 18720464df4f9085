"""Programs: a token for Alice's website with every verb, and ways to ask with it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from cookies.services.tokens import make_token
from cookies.tokens import VERBS

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User
    from django.http import HttpResponse
    from django.test import Client

    from cookies.models import Site

HOUR = timedelta(hours=1)
MANAGE = "/api/v1/manage"
OF_SITE = f"{MANAGE}/sites/numonix"


@pytest.fixture
def new_token(site: Site, alice: User) -> Callable[..., str]:
    """Makes a token and gives its text: `new_token("read")`."""

    def make(*verbs: str, name: str = "CI", ago: timedelta = HOUR, **facts: Any) -> str:
        given = {"site": site, "made_by": alice, "days": 30, **facts}
        return make_token(name=name, verbs=verbs or tuple(VERBS), now=timezone.now() - ago, **given).text

    return make


@pytest.fixture
def ask(client: Client, new_token: Callable[..., str]) -> Callable[..., HttpResponse]:
    """Asks as a program: `ask("PATCH", "/partners/chat", {…}, if_match="…")`, below Alice's website."""
    made: dict[str, str] = {}

    def send(method: str, path: str, body: Any = None, *, token: str | None = None, **headers: str) -> Any:
        if token is None and not made:
            made["text"] = new_token(name="Everything")
        where = path if path.startswith("/api/") else f"{OF_SITE}{path}"
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.generic(
            method,
            where,
            b"" if body is None else _json(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token or made['text']}", **sent},
        )

    return send


def _json(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body, default=str).encode()

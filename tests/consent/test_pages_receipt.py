"""The page of a visitor's own record: the same for everybody, filled by a script that holds the consent id."""

from __future__ import annotations

import html
import json
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from consent.models import ConsentEvent, Publication


def words_of(response: Any) -> dict[str, Any]:
    found = re.search(r'data-words="([^"]*)"', response.content.decode())
    assert found
    words: dict[str, Any] = json.loads(html.unescape(found[1]))
    return words


def test_receipt_page_is_the_same_whether_or_not_there_is_such_an_event(
    client: Client, event_body: dict[str, Any], send: Callable[..., Any]
) -> None:
    assert send(event_body).status_code == 201
    known = client.get(f"/p/numonix/receipts/{ConsentEvent.objects.get().event_id}")
    unknown = client.get(f"/p/numonix/receipts/{uuid.uuid4()}")
    without = client.get("/p/numonix/receipts/")
    assert known.status_code == 200
    assert known.content == unknown.content == without.content


def test_receipt_page_explains_itself_without_a_script(client: Client, published: Publication) -> None:
    text = client.get("/p/numonix/receipts/").content.decode()
    assert "To see your record, open it from the cookie settings on Numonix" in text
    assert "<noscript>" in text


def test_receipt_page_runs_one_script_of_its_own_and_nothing_inline(client: Client, published: Publication) -> None:
    response = client.get("/p/numonix/receipts/")
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", response.content.decode(), re.DOTALL)
    assert scripts == [(' src="/static/pages/receipt.js" type="module"', "")]
    policy = response["Content-Security-Policy"].split("; ")
    assert {"script-src 'self'", "connect-src 'self'", "default-src 'none'"} <= set(policy)
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "private, no-store"
    assert not response.cookies


def test_receipt_page_tells_its_script_where_to_ask_and_what_to_say(client: Client, published: Publication) -> None:
    response = client.get("/p/numonix/receipts/")
    words = words_of(response)
    assert 'data-api="/api/v1/sites/numonix/consents"' in response.content.decode()
    assert words["categories"] == {"performance": "Performance", "functional": "Functional", "targeting": "Targeting"}
    assert words["partners"] == {"analytics": "Analytics", "chat": "Chat", "ads": "Ads"}
    assert words["actions"]["withdraw"] == "Withdrew consent"


def test_receipt_page_script_finds_every_word_that_it_says(client: Client, published: Publication) -> None:
    script = (Path(__file__).parents[2] / "static" / "pages" / "receipt.js").read_text(encoding="utf-8")
    said = set(re.findall(r"words\.(\w+)", script))
    assert said - words_of(client.get("/p/numonix/receipts/")).keys() == set()
    assert len(said) > 15


def test_receipt_page_is_what_the_events_answer_names(
    client: Client, event_body: dict[str, Any], send: Callable[..., Any]
) -> None:
    url = send(event_body).json()["receipt_url"]
    assert client.get(url.removeprefix("http://localhost:8000")).status_code == 200


@pytest.mark.parametrize("event_id", ["x", "0" * 36 + "x"])
def test_receipt_page_has_no_other_addresses(client: Client, published: Publication, event_id: str) -> None:
    assert client.get(f"/p/numonix/receipts/{event_id}").status_code == 404

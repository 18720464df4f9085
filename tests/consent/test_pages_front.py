"""The platform's front page: open to strangers without a trace, and telling members where they stand."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from consent.models import Publication
from consent.services.publishing import publish
from cookies.models import Site


@pytest.fixture
def anonymous(client: Client, db: None) -> Any:
    return client.get("/")


def test_front_page_sets_no_cookie_for_strangers(anonymous: Any) -> None:
    assert anonymous.status_code == 200
    assert not anonymous.cookies


def test_front_page_is_kept_by_no_shared_cache(anonymous: Any, client: Client, alice: User) -> None:
    client.force_login(alice)
    for response in (anonymous, client.get("/")):
        assert "private" in response["Cache-Control"]
        assert "Cookie" in response["Vary"]


def test_front_page_shows_the_ways_on(anonymous: Any) -> None:
    text = anonymous.content.decode()
    for href in ("/admin/", "/api/docs/", "http://127.0.0.1:8000/demo/"):
        assert f'href="{href}"' in text


def test_front_page_leaves_out_what_there_is_not(client: Client, db: None, settings: Any) -> None:
    assert ">Source<" not in client.get("/").content.decode()
    settings.SOURCE_URL, settings.DEMO = "https://code.example/sayso", False
    text = client.get("/").content.decode()
    assert 'href="https://code.example/sayso"' in text
    assert "/demo/" not in text


def test_front_page_names_no_website_to_strangers(client: Client, published: Publication) -> None:
    assert "Numonix" not in client.get("/").content.decode()


def test_front_page_tells_members_where_their_websites_stand(
    client: Client, alice: User, furnished: Site, mallory_site: Site
) -> None:
    client.force_login(alice)
    assert "Nothing is published" in client.get("/").content.decode()
    publish(site=furnished, by="alice", now=timezone.now())
    assert "Version 1 is live" in (published := client.get("/").content.decode())
    assert "and the draft is the same" in published
    furnished.partners.filter(slug="chat").update(name="Chatter")
    changed = client.get("/").content.decode()
    assert "The draft has changes that visitors do not see yet." in changed
    assert "Elsewhere" not in changed


def test_front_page_tells_a_newcomer_what_to_do(client: Client, mallory: User) -> None:
    client.force_login(mallory)
    assert "You are not a member of any website yet." in client.get("/").content.decode()


def test_front_page_has_strict_headers(anonymous: Any) -> None:
    assert anonymous["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert anonymous["X-Frame-Options"] == "DENY"
    assert "<script" not in anonymous.content.decode()

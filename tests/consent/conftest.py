"""A website with partners and cookies, published, and a well-formed event for it."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from consent.checklist import LOADS_EARLY
from consent.models import Publication
from consent.services.checking import acknowledge
from consent.services.demo import load_demo
from consent.services.publishing import publish
from cookies.models import Cookie, Partner, Site
from tests.conftest import rows_of_a_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.test import Client
    from pytest_django import DjangoDbBlocker

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ORIGIN = "https://www.numonix.example"


def add_partner(site: Site, slug: str, category: str, **facts: Any) -> Partner:
    partner = Partner.objects.create(
        site=site,
        slug=slug,
        name=slug.title(),
        category=category,
        purpose={"en": f"What {slug} is for."},
        purposes=facts.pop("purposes", ["functionality"]),
        **facts,
    )
    Cookie.objects.create(site=site, partner=partner, name=f"_{slug}", lifetime="13 month", purpose={"en": "Counts."})
    return partner


def answer_for(site: Site, slug: str) -> None:
    """A reviewer acknowledges that a partner loads before a yes."""
    acknowledge(site=site, code=LOADS_EARLY, partner=slug, by="rita", now=NOW, reason="It is told the answer first.")


@pytest.fixture
def furnished(site: Site) -> Site:
    """Alice's website with one partner in each optional category and a cookie of its own."""
    add_partner(site, "analytics", "performance", purposes=["audience_measurement"])
    add_partner(site, "chat", "functional", purposes=["chat"])
    add_partner(site, "ads", "targeting", purposes=["advertising"])
    Cookie.objects.create(
        site=site,
        name="session",
        own_category="strictly_necessary",
        lifetime="session",
        purpose={"en": "Sign-in."},
    )
    return site


@pytest.fixture
def published(furnished: Site) -> Publication:
    publication = publish(site=furnished, by="alice", now=NOW)
    assert publication
    return publication


@pytest.fixture
def event_body(published: Publication) -> dict[str, Any]:
    """A well-formed event for what is live."""
    return {
        "event_id": str(uuid.uuid4()),
        "consent_id": str(uuid.uuid4()),
        "action": "save",
        "surface": "preferences",
        "categories": {"performance": True, "functional": True, "targeting": False},
        "partners": {"chat": False},
        "version": published.version.digest,
        "language": "en",
        "regime": "eu",
        "signals": {"gpc": False, "dnt": False},
        "client_time": "2026-11-22T03:00:00Z",
        "trusted": True,
        "build": "a1b2c3d4e5f6",
        "variant": None,
    }


@pytest.fixture
def send(client: Client) -> Callable[..., Any]:
    """Posts an event as a page of the website would."""

    def post(body: Any, *, key: str = "numonix", origin: str | None = ORIGIN, **extra: Any) -> Any:
        headers = {**({"Origin": origin} if origin else {}), **extra.pop("headers", {})}
        raw = body if isinstance(body, (bytes, str)) else json.dumps(body)
        return client.post(
            f"/api/v1/sites/{key}/events",
            raw,
            content_type=extra.pop("content_type", "text/plain"),
            headers=headers,
            **extra,
        )

    return post


@pytest.fixture(scope="module")
def _demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        # The slowest part by far, and nothing reads it.
        patch.setattr("consent.delivery.compose.brotli.compress", lambda body, quality: body)
        with rows_of_a_module(django_db_blocker, lambda: load_demo(now=timezone.now())):
            yield


@pytest.fixture
def demo(_demo: None, db: None, settings: Any) -> None:
    """The demo's websites."""
    settings.ALLOWED_HOSTS = ["*"]

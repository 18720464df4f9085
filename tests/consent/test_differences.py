"""What a publication would change, in sentences that say who is asked again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from consent.models import Publication
from consent.differences import changes
from consent.services.publishing import draft_payload
from cookies.models import Cookie, Site
from tests.consent.conftest import add_partner

pytestmark = pytest.mark.django_db


def would_change(publication: Publication, site: Site) -> list[str]:
    before: dict[str, Any] = json.loads(bytes(publication.version.payload))
    return changes(before, draft_payload(site))


def test_unchanged_draft_changes_nothing(published: Publication, furnished: Site) -> None:
    assert would_change(published, furnished) == []


def test_first_version_is_all_new(furnished: Site) -> None:
    assert changes(None, draft_payload(furnished)) == ["This is the first version: everything is new."]


def test_new_partner_names_who_is_asked_again(published: Publication, furnished: Site) -> None:
    add_partner(furnished, "video", "functional")
    assert "Video is new, under functional. Who accepted functional is asked again." in would_change(
        published, furnished
    )


def test_strictly_necessary_partner_asks_nobody(published: Publication, furnished: Site) -> None:
    add_partner(furnished, "shield", "strictly_necessary", necessity_justification="Stops attacks.")
    sentences = " ".join(would_change(published, furnished))
    assert "Shield is new, under strictly necessary. It runs without asking, so nobody is asked again." in sentences


def test_moved_and_extended_partners_ask_again(published: Publication, furnished: Site) -> None:
    furnished.partners.filter(slug="chat").update(category="targeting")
    furnished.partners.filter(slug="ads").update(purposes=["advertising", "personalisation"])
    sentences = would_change(published, furnished)
    assert "Chat moves to targeting. Who accepted targeting is asked again." in sentences
    assert "Ads gets a new purpose. Who accepted targeting is asked again." in sentences


def test_wording_and_removal_ask_nobody(published: Publication, furnished: Site) -> None:
    furnished.partners.filter(slug="chat").update(legal_entity="Another Ltd")
    furnished.partners.filter(slug="ads").delete()
    sentences = would_change(published, furnished)
    assert "What is said about Chat changed. Nobody is asked again." in sentences
    assert "Ads is gone. Nobody is asked again." in sentences


def test_cookies_and_languages_are_named(published: Publication, furnished: Site) -> None:
    Cookie.objects.create(site=furnished, name="cart", own_category="functional", lifetime="session")
    Site.objects.filter(pk=furnished.pk).update(default_language="de")
    furnished.refresh_from_db()
    sentences = would_change(published, furnished)
    assert "New cookies: cart." in sentences
    assert "German is new as a language." in sentences
    assert "English is gone as a language." in sentences

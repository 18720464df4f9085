"""Texts beside their original, what has fallen behind, two editors on one page, and colours that are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from consent.services.drafting import save_appearance, save_languages, save_texts
from consent.services.publishing import draft_of, draft_payload
from consent.texts_form import texts_form
from tests.admin.conftest import queries_of, url
from tests.admin.test_admin_texts import LOOK, texts_of

if TYPE_CHECKING:
    from django.test import Client

    from cookies.models import Site


@pytest.fixture
def german(site: Site) -> Site:
    """English is the website's own, and German is offered too."""
    save_languages(site=site, languages=["de"])
    return site


def german_page(client: Client, site: Site, *, only: str = "") -> str:
    return client.get(url("texts", site), {"language": "de", "only": only}).content.decode()


def test_text_stands_beside_its_original_and_says_what_is_missing(as_bob: Client, german: Site) -> None:
    save_texts(site=german, language="en", texts={"banner_title": "Biscuits?"})
    page = as_bob.get(url("texts", german), {"language": "de"})
    rows = {row["field"].name: row for section in page.context["form"].sections() for row in section["rows"]}
    assert (rows["banner_title"]["original"], rows["banner_title"]["state"]) == ("Biscuits?", "missing")
    # Built-in words are translations of each other.
    assert (rows["choose"]["original"], rows["choose"]["state"]) == ("Choose for yourself", "")
    assert page.context["languages"][1][2] == 1
    assert 'lang="en" dir="auto">Biscuits?' in page.content.decode()
    assert "1 missing or outdated" in as_bob.get(url("languages", german)).content.decode()


def test_own_language_has_no_original_beside_it(as_bob: Client, german: Site) -> None:
    assert "sy-original" not in as_bob.get(url("texts", german)).content.decode()


def test_translation_is_outdated_once_its_original_changes_until_somebody_says_it_is_right(
    as_bob: Client, german: Site
) -> None:
    save_texts(site=german, language="en", texts={"banner_title": "Biscuits?"})
    as_bob.post(f"{url('texts', german)}?language=de&only=behind", {"banner_title": "Kekse?"})
    assert "Nothing is missing" in german_page(as_bob, german, only="behind")
    save_texts(site=german, language="en", texts={"banner_title": "Biscuits, please?"})
    page = as_bob.get(url("texts", german), {"language": "de", "only": "behind"})
    assert set(page.context["form"].fields) == {"banner_title"}
    assert "The original has changed since." in page.content.decode()
    opened = page.context["opened"]
    sent = {"banner_title": "Kekse?", "opened": opened}
    as_bob.post(f"{url('texts', german)}?language=de&only=behind", sent)
    assert "Outdated" in german_page(as_bob, german, only="behind")
    as_bob.post(f"{url('texts', german)}?language=de&only=behind", {**sent, "right_banner_title": "on"})
    assert "Nothing is missing" in german_page(as_bob, german, only="behind")
    assert texts_of(german, "de")["banner_title"] == "Kekse?"


def test_page_of_what_is_missing_leaves_all_other_texts_alone(as_bob: Client, german: Site) -> None:
    save_texts(site=german, language="en", texts={"banner_title": "Biscuits?"})
    save_texts(site=german, language="de", texts={"choose": "Waehlen"})
    as_bob.post(f"{url('texts', german)}?language=de&only=behind", {"banner_title": "Kekse?"})
    assert draft_of(german)[0].texts["de"] == {"choose": "Waehlen", "banner_title": "Kekse?"}


def test_second_editor_of_a_text_is_told_and_nothing_is_overwritten(
    as_alice: Client, as_bob: Client, site: Site
) -> None:
    where = url("texts", site)
    opened = as_bob.get(where).context["opened"]
    as_alice.post(where, {"banner_title": "Alice's", "choose": "Alice's too", "opened": opened})
    answer = as_bob.post(where, {"banner_title": "Bob's", "save": "Bob's own", "opened": opened})
    page = answer.content.decode()
    assert "Somebody else saved this after you had opened the page: Alice&#x27;s." in page
    assert 'value="Bob&#x27;s"' in page
    assert (texts_of(site)["banner_title"], texts_of(site)["choose"]) == ("Alice's", "Alice's too")
    assert texts_of(site)["save"] != "Bob's own"
    # Told, Bob may put his in its place; what he never touched stays Alice's.
    as_bob.post(where, {"banner_title": "Bob's", "save": "Bob's own", "opened": answer.context["opened"]})
    assert draft_of(site)[0].texts["en"] == {"banner_title": "Bob's", "choose": "Alice's too", "save": "Bob's own"}


def test_two_editors_of_different_texts_both_save(as_alice: Client, as_bob: Client, site: Site) -> None:
    where = url("texts", site)
    opened = as_bob.get(where).context["opened"]
    as_alice.post(where, {"banner_title": "Alice's", "opened": opened})
    assert as_bob.post(where, {"save": "Bob's", "opened": opened}).status_code == 302
    assert draft_of(site)[0].texts["en"] == {"banner_title": "Alice's", "save": "Bob's"}


def test_second_editor_of_the_look_is_told(as_alice: Client, as_bob: Client, site: Site) -> None:
    where = url("look", site)
    opened = as_bob.get(where).context["opened"]
    as_alice.post(where, {**LOOK, "radius": "3", "opened": opened})
    answer = as_bob.post(where, {**LOOK, "radius": "20", "opened": opened})
    assert "Somebody else saved this" in answer.context["form"].errors["radius"][0]
    assert draft_payload(site)["appearance"]["radius"] == 3
    as_bob.post(where, {**LOOK, "radius": "20", "opened": answer.context["opened"]})
    assert draft_payload(site)["appearance"]["radius"] == 20


def test_seal_that_somebody_wrote_is_no_seal(as_bob: Client, site: Site) -> None:
    as_bob.post(url("texts", site), {"banner_title": "Cookies?", "opened": "eyJiYW5uZXIiOiAxfQ:made:up"})
    assert texts_of(site)["banner_title"] == "Cookies?"


@pytest.mark.parametrize("colour", ["red", "#fff", "rgb(0, 0, 0)", "#12345g", "url(https://evil.example)", "#1d4ed8;x"])
def test_colour_that_is_none_is_explained_once(colour: str, as_bob: Client, site: Site) -> None:
    errors = as_bob.post(url("look", site), {**LOOK, "brand_colour": colour}).context["form"].errors
    assert errors == {"brand_colour": ["Write a colour as # and six digits, such as #1d4ed8."]}


def test_untouched_website_is_complete_in_every_language(site: Site) -> None:
    save_languages(site=site, languages=["de", "ar", "pl"])
    for language in ("de", "ar", "pl"):
        form = texts_form(None, site=site, language=language)
        assert not form.behind
        assert all(text for text in draft_payload(site)["texts"][language].values())
        assert "More words" not in [section["group"].title for section in form.sections()]


def test_texts_page_asks_no_more_with_more_languages(as_bob: Client, site: Site) -> None:
    before = queries_of(as_bob, url("texts", site))
    save_languages(site=site, languages=["de", "fr", "it", "pl", "ar"])
    save_appearance(site=site, radius=4)
    assert queries_of(as_bob, url("texts", site)) <= before + 2

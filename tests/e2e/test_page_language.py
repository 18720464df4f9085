"""The banner speaks the page's language, else the browser's, where the website offers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.visitor import banner, choice_of, events_of, press, wait_for_record

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.e2e.conftest import NewContext
    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server

WORDS = {"en": "Your choice about cookies", "de": "Ihre Entscheidung über Cookies"}


def page_in(own: OwnWebsite, page: Page, lang: str, line: str) -> None:
    attribute = f' lang="{lang}"' if lang else ""
    own.put(
        "/",
        f"<!doctype html><html{attribute}><head><title>A page</title>{line}</head><body><h1>A page</h1></body></html>",
    )
    page.goto(own.address("/"))
    banner(page).wait_for()


@pytest.mark.parametrize(
    ("lang", "locale", "spoken"),
    [
        ("de", "en-US", "de"),
        ("de-AT", "en-US", "de"),
        ("en", "de-DE", "en"),
        ("", "de-DE", "de"),
        ("", "en-GB", "en"),
        ("fr", "de-DE", "de"),
        ("fr", "es-ES", "en"),
    ],
)
def test_short_address_speaks_the_pages_language(
    lang: str, locale: str, spoken: str, new_context: NewContext, own: OwnWebsite, server: Server
) -> None:
    context = new_context(locale=locale)
    page = context.new_page()
    page_in(own, page, lang, own.embed())
    assert banner(page).locator("h2").inner_text() == WORDS[spoken]
    assert banner(page).get_attribute("lang") == spoken
    press(page, "reject-all")
    wait_for_record(page)
    (event,) = events_of(server, choice_of(context).consent_id)
    assert event["language"] == spoken


def test_address_with_a_language_speaks_that_one(page: Page, own: OwnWebsite, platform: str) -> None:
    page_in(own, page, "en", f'<script async src="{platform}/s/numonix.de.js"></script>')
    assert banner(page).locator("h2").inner_text() == WORDS["de"]


def test_language_that_cannot_be_had_is_no_missing_banner(page: Page, own: OwnWebsite, platform: str) -> None:
    def refuse(route: Route) -> None:
        route.abort()

    page.route(f"{platform}/s/numonix.de.js", refuse)
    page_in(own, page, "de", own.embed())
    assert banner(page).locator("h2").inner_text() == WORDS["en"]

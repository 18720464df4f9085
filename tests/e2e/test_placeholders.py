"""Embeds that wait: the visitor is told who would learn what, and loads one once, always, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.pages import FRAME
from tests.e2e.visitor import (
    ALL_OFF,
    NOTHING,
    banner,
    choice_of,
    cookie_names,
    count_events,
    events_of,
    granted,
    granted_partners,
    press,
    stored_in,
    wait_for_api,
    wait_for_calm,
    wait_for_record,
)

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server
    from tests.e2e.third_parties import ThirdParties

FILM = FRAME.format("film")
EMBED = f'<iframe id="film" title="A film" width="640" height="360" data-partner="youtube" data-src="{FILM}"></iframe>'


def placeholder(page: Page) -> Locator:
    return page.locator('[data-sayso-layer="embed"]')


def film(page: Page) -> Locator:
    return page.frame_locator("#film").get_by_text("Stand-in for frames.example")


def test_embed_waits_behind_words(page: Page, own: OwnWebsite, third_party: ThirdParties) -> None:
    own.open(page, EMBED)
    placeholder(page).get_by_text("Google Ireland Limited learns your address").wait_for()
    wait_for_calm(page)
    assert third_party.sent == []
    assert not page.locator("#film").is_visible()
    link = placeholder(page).get_by_role("link", name="Open it at frames.example")
    assert link.get_attribute("href") == FILM


def test_placeholder_is_fetched_when_its_embed_comes_near(page: Page, own: OwnWebsite) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    own.open(page, f'<div style="height: 400vh"></div>{EMBED}')
    banner(page).wait_for()
    wait_for_calm(page)
    # The page, and the line on it.
    assert len(asked) == 2
    page.locator("#film").evaluate("(film) => film.scrollIntoView()")
    placeholder(page).get_by_role("button", name="Load once").wait_for()


def test_placeholder_takes_the_room_of_its_embed(page: Page, own: OwnWebsite) -> None:
    own.open(page, EMBED + '<p id="below">Below</p>')
    placeholder(page).wait_for()
    before = page.locator("#below").evaluate("(below) => below.offsetTop")
    placeholder(page).get_by_role("button", name="Load once").click()
    film(page).wait_for()
    # The page does not jump; an embed stands in a line, which may add a few pixels under it.
    assert abs(page.locator("#below").evaluate("(below) => below.offsetTop") - before) < 8


def test_loading_once_keeps_nothing(
    page: Page, context: BrowserContext, own: OwnWebsite, server: Server, third_party: ThirdParties
) -> None:
    before = count_events(server)
    own.open(page, EMBED)
    placeholder(page).get_by_role("button", name="Load once").click()
    film(page).wait_for()
    wait_for_calm(page)
    assert placeholder(page).count() == 0
    assert [request.url for request in third_party.sent] == [FILM]
    assert granted(page) == ALL_OFF
    assert cookie_names(context) == []
    assert stored_in(page) == NOTHING
    assert count_events(server) == before
    assert banner(page).count() == 1
    # The next visit asks again.
    page.reload()
    placeholder(page).wait_for()


def test_always_allowing_grants_the_partner_and_is_recorded(
    page: Page, context: BrowserContext, own: OwnWebsite, server: Server, third_party: ThirdParties
) -> None:
    own.open(page, EMBED + EMBED.replace('id="film"', 'id="second"'))
    placeholder(page).get_by_role("button", name="Always allow YouTube").first.click()
    film(page).wait_for()
    page.frame_locator("#second").get_by_text("Stand-in").wait_for()
    wait_for_record(page)
    assert placeholder(page).count() == 0
    choice = choice_of(context)
    assert (any(choice.categories.values()), choice.partners) == (False, {"youtube": True})
    assert granted_partners(page)["youtube"] is True
    (event,) = events_of(server, choice.consent_id)
    assert (event["action"], event["surface"], event["trusted"]) == ("embed_unlock", "embed", True)
    assert (event["categories"], event["partners"]) == (ALL_OFF, {"youtube": True})
    # It holds on the next page, and only for this partner.
    own.open(page, EMBED + EMBED.replace("film", "maps").replace("youtube", "google-ads"), path="/next")
    film(page).wait_for()
    placeholder(page).wait_for()
    assert placeholder(page).count() == 1


def test_refusal_leaves_the_embed_waiting(page: Page, own: OwnWebsite, third_party: ThirdParties) -> None:
    own.open(page, EMBED)
    press(page, "reject-all")
    wait_for_record(page)
    page.reload()
    placeholder(page).wait_for()
    assert third_party.sent == []


def test_acceptance_in_the_banner_loads_the_embed(page: Page, own: OwnWebsite, third_party: ThirdParties) -> None:
    own.open(page, EMBED)
    placeholder(page).wait_for()
    press(page, "accept-all")
    film(page).wait_for()
    assert placeholder(page).count() == 0
    assert len(third_party.sent) == 1


def test_category_alone_is_named_by_its_host(page: Page, own: OwnWebsite) -> None:
    own.open(page, EMBED.replace('data-partner="youtube"', 'data-category="targeting"'))
    placeholder(page).get_by_text("Content from frames.example").wait_for()
    # Nobody to allow for good: that would be the whole category.
    assert placeholder(page).get_by_role("button", name="Always allow").count() == 0


def test_placeholder_leaves_with_its_embed(page: Page, own: OwnWebsite) -> None:
    own.open(page, EMBED)
    placeholder(page).wait_for()
    page.evaluate("() => document.querySelector('#film').remove()")
    placeholder(page).wait_for(state="detached")


def test_embed_added_later_waits_too(page: Page, own: OwnWebsite, third_party: ThirdParties) -> None:
    own.open(page)
    wait_for_api(page)
    page.evaluate(
        """([address]) => {
            const frame = document.createElement("iframe");
            Object.assign(frame.dataset, {src: address, category: "functional", partner: "youtube"});
            frame.id = "film";
            document.body.append(frame);
        }""",
        [FILM],
    )
    placeholder(page).get_by_role("button", name="Load once").click()
    film(page).wait_for()
    assert len(third_party.sent) == 1

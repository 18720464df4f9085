"""Embeds that wait: the visitor is told who would learn what, and loads one once, always, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.pages import FRAME, TAG, inline
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
    ran,
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


# --- Embeds that scripts make -----------------------------------------------------------------------

FORM = TAG.format("form")
CONTACT = f"""
<div id="contact" data-sayso="embed" style="min-height: 400px; padding: 20px">
<template data-category="targeting" data-partner="google-ads" data-href="/write" data-text="Write to us">
<form id="form"></form><script src="{FORM}"></script><script>{inline("made")}</script>
</template></div><p id="below">Below</p>"""


def below(page: Page) -> int:
    top: int = page.locator("#below").evaluate("(below) => below.offsetTop")
    return top


def test_form_of_scripts_waits_behind_words_in_its_own_room(
    page: Page, own: OwnWebsite, third_party: ThirdParties
) -> None:
    own.open(page, CONTACT)
    before = below(page)
    placeholder(page).get_by_text("Content from Google Ads").wait_for()
    # The room was the page's from the start: nothing moves, and the words fill it.
    assert below(page) == before
    assert placeholder(page).evaluate("(host) => host.getBoundingClientRect().height") == 400
    link = placeholder(page).get_by_role("link", name="Write to us")
    assert link.get_attribute("href") == own.address("/write")
    assert (third_party.sent, page.locator("#form").count()) == ([], 0)


def test_form_of_scripts_loads_once_in_order_and_keeps_nothing(
    page: Page, context: BrowserContext, own: OwnWebsite, third_party: ThirdParties
) -> None:
    other = '<template data-partner="google-ads"><script src="https://tags.example/other.js"></script></template>'
    own.open(page, CONTACT + other)
    placeholder(page).get_by_role("button", name="Load once").press("Enter")
    page.wait_for_function("() => (window.ran || []).length == 2")
    wait_for_calm(page)
    assert ran(page) == ["tags.example/form.js", "made"]
    # Only this one: what else waits for the partner waits on.
    assert [request.url for request in third_party.sent] == [FORM]
    assert (placeholder(page).count(), page.locator("#form").count()) == (0, 1)
    assert page.evaluate("() => document.activeElement.id") == "contact"
    assert (cookie_names(context), stored_in(page), granted(page)) == ([], NOTHING, ALL_OFF)
    # A yes starts the rest, and this not again.
    press(page, "accept-all")
    page.wait_for_function("() => window.ran.includes('tags.example/other.js')")
    assert ran(page).count("made") == 1


def test_always_allowing_starts_a_form_of_scripts(page: Page, own: OwnWebsite) -> None:
    own.open(page, CONTACT)
    placeholder(page).get_by_role("button", name="Always allow Google Ads").click()
    page.wait_for_function("() => (window.ran || []).includes('made')")
    assert placeholder(page).count() == 0
    assert granted_partners(page)["google-ads"] is True


def test_template_that_starts_nothing_itself_can_only_be_allowed_for_good(page: Page, own: OwnWebsite) -> None:
    words = '<template data-partner="google-ads"><p>The chat is open.</p></template>'
    own.open(page, f'<div data-sayso="embed">{words}</div>')
    placeholder(page).wait_for()
    assert placeholder(page).get_by_role("button").all_inner_texts() == ["Always allow Google Ads"]
    placeholder(page).get_by_role("button").click()
    page.get_by_text("The chat is open.").wait_for()


def test_way_out_leads_where_the_page_says_and_runs_nothing(page: Page, own: OwnWebsite) -> None:
    ways = ("mailto:help@example.com", "javascript:alert(1)", "")
    own.open(page, "".join(EMBED.replace('id="film"', f'data-href="{way}"' if way else "") for way in ways))
    placeholder(page).nth(2).wait_for()
    links = page.evaluate(
        """() => [...document.querySelectorAll("[data-sayso-layer=embed]")].map(({shadowRoot}) => {
            const link = shadowRoot.querySelector("a");
            return link && [link.href, link.textContent];
        })"""
    )
    assert links == [[ways[0], "help@example.com"], None, [FILM, "Open it at frames.example"]]


def test_template_outside_a_marked_place_waits_without_words(page: Page, own: OwnWebsite) -> None:
    own.open(page, CONTACT.replace(' data-sayso="embed"', "") + EMBED)
    placeholder(page).get_by_text("YouTube").first.wait_for()
    assert placeholder(page).count() == 1

"""The preference centre: what is switched is what counts, and leaving it changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.pages import gated
from tests.e2e.visitor import (
    ALL_OFF,
    NOTHING,
    banner,
    centre,
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

TAGS = "".join(
    [
        gated("visits", 'data-category="performance" data-partner="google-analytics"'),
        gated("settings", 'data-category="functional"'),
        gated("chat", 'data-category="functional" data-partner="freshchat"'),
        gated("video", 'data-category="functional" data-partner="youtube"'),
        gated("ads", 'data-category="targeting" data-partner="google-ads"'),
    ]
)
# Where the focus is, through shadow roots.
FOCUSED = """() => {
    let element = document.activeElement;
    const path = [];
    while (element) {
        const {saysoAction, saysoLayer} = element.dataset;
        path.push(saysoAction || saysoLayer || element.localName);
        element = element.shadowRoot && element.shadowRoot.activeElement;
    }
    return path;
}"""


# Which of the browser's formatters the page has made by the time the centre stands, and how high its end is then.
FORMATTERS = """() => {
    const made = [];
    for (const kind of ["NumberFormat", "DateTimeFormat", "DisplayNames"]) {
        const Native = Intl[kind];
        Intl[kind] = function (...given) {
            made.push(kind);
            return new Native(...given);
        };
    }
    document.addEventListener("sayso:open", () => {
        window.madeByThen = [...made];
        window.heightByThen = footerHeight();
    });
    const centre = () => document.querySelector("[data-sayso-layer=preferences]").shadowRoot;
    window.footerHeight = () => centre().querySelector(".foot").offsetHeight;
}"""


def switch(page: Page, kind: str, name: str) -> Locator:
    return centre(page).locator(f'input[data-{kind}="{name}"]')


def unfold(page: Page) -> None:
    """Show what lies one click away."""
    summaries = centre(page).locator("section:has(input) summary")
    for index in range(summaries.count()):
        summaries.nth(index).click()


def open_centre(page: Page) -> None:
    press(page, "preferences")
    centre(page).get_by_role("heading", name="Cookie preferences").wait_for()


def test_saved_choice_is_exactly_what_was_switched(
    page: Page, context: BrowserContext, own: OwnWebsite, server: Server, third_party: ThirdParties
) -> None:
    own.open(page, TAGS)
    open_centre(page)
    switch(page, "category", "performance").check()
    switch(page, "category", "functional").check()
    unfold(page)
    switch(page, "partner", "youtube").uncheck()
    assert ran(page) == []
    press(page, "save")
    centre(page).wait_for(state="detached")
    page.wait_for_function("() => window.ran && ran.includes('chat')")
    wait_for_record(page)
    wait_for_calm(page)
    assert ran(page) == ["visits", "settings", "chat"]
    assert granted(page) == {**ALL_OFF, "performance": True, "functional": True}
    expected = {"google-analytics": True, "freshchat": True, "youtube": False, "google-ads": False}
    assert granted_partners(page) == expected
    choice = choice_of(context)
    assert choice.categories == {"performance": True, "functional": True, "targeting": False}
    assert choice.partners == {"youtube": False}
    (event,) = events_of(server, choice.consent_id)
    assert (event["action"], event["surface"], event["trusted"]) == ("save", "preferences", True)
    assert event["categories"] == {**ALL_OFF, "performance": True, "functional": True}
    assert event["partners"] == {"youtube": False}
    assert banner(page).count() == 0

    # On the next page it holds, and the switches stand where they were left.
    page.reload()
    page.wait_for_function("() => window.ran && ran.includes('chat')")
    wait_for_calm(page)
    assert ran(page) == ["visits", "settings", "chat"]
    open_centre(page)
    unfold(page)
    positions = {
        name: switch(page, "category", name).is_checked() for name in ("performance", "functional", "targeting")
    }
    assert positions == {"performance": True, "functional": True, "targeting": False}
    partners = {name: switch(page, "partner", name).is_checked() for name in expected}
    assert partners == expected
    # A category in which a partner differs is neither on nor off.
    assert switch(page, "category", "functional").evaluate("(input) => input.indeterminate")


def test_one_partner_can_be_allowed_without_its_category(
    page: Page, context: BrowserContext, own: OwnWebsite, server: Server
) -> None:
    own.open(page, TAGS)
    open_centre(page)
    unfold(page)
    switch(page, "partner", "freshchat").check()
    press(page, "save")
    page.wait_for_function("() => window.ran")
    wait_for_record(page)
    wait_for_calm(page)
    assert ran(page) == ["chat"]
    choice = choice_of(context)
    assert (any(choice.categories.values()), choice.partners) == (False, {"freshchat": True})
    (event,) = events_of(server, choice.consent_id)
    assert (event["categories"], event["partners"]) == (ALL_OFF, {"freshchat": True})


def test_everything_starts_switched_off(page: Page, own: OwnWebsite) -> None:
    own.open(page)
    open_centre(page)
    inputs = centre(page).locator("input[data-category], input[data-partner]")
    assert inputs.count() == 7
    assert inputs.evaluate_all("(inputs) => inputs.filter((input) => input.checked).length") == 0
    # What can't be refused has no switch.
    assert switch(page, "category", "strictly_necessary").count() == 0


def test_saving_untouched_switches_refuses(
    page: Page, context: BrowserContext, own: OwnWebsite, server: Server
) -> None:
    own.open(page, TAGS)
    open_centre(page)
    press(page, "save")
    wait_for_record(page)
    wait_for_calm(page)
    assert ran(page) == []
    choice = choice_of(context)
    assert not choice.grants_something
    assert [event["action"] for event in events_of(server, choice.consent_id)] == ["save"]


@pytest.mark.parametrize("way", ["Escape", "close"])
def test_leaving_changes_nothing_and_gives_the_focus_back(
    way: str, page: Page, context: BrowserContext, own: OwnWebsite, server: Server, third_party: ThirdParties
) -> None:
    before = count_events(server)
    own.open(page, TAGS)
    banner(page).wait_for()
    page.locator('[data-sayso-action="preferences"]').focus()
    page.keyboard.press("Enter")
    centre(page).get_by_role("heading", name="Cookie preferences").wait_for()
    assert page.evaluate(FOCUSED)[0] == "preferences"
    switch(page, "category", "targeting").check()
    if way == "Escape":
        page.keyboard.press("Escape")
    else:
        press(page, "close")
    centre(page).wait_for(state="detached")
    wait_for_calm(page)
    assert page.evaluate(FOCUSED) == ["preferences"]
    assert page.evaluate("() => document.activeElement.localName") == "button"
    assert banner(page).count() == 1
    assert (ran(page), third_party.sent, cookie_names(context)) == ([], [], [])
    assert stored_in(page) == NOTHING
    assert count_events(server) == before
    # What was switched and not saved is forgotten.
    open_centre(page)
    assert not switch(page, "category", "targeting").is_checked()


@pytest.mark.parametrize("by", ["a click", "a program"])
def test_page_stays_where_it_was(by: str, page: Page, own: OwnWebsite) -> None:
    own.open(
        page, '<p style="height:4000px">Tall</p><button data-sayso="open">Cookies</button><p style="height:4000px">'
    )
    press(page, "reject-all")
    wait_for_record(page)
    page.reload()
    wait_for_api(page)
    page.evaluate("() => document.querySelector('[data-sayso=open]').scrollIntoView({block: 'center'})")
    before = page.evaluate("() => scrollY")
    assert before > 1000
    if by == "a click":
        page.get_by_role("button", name="Cookies").click()
    else:
        page.evaluate("() => window.sayso.open()")
    centre(page).get_by_role("heading", name="Cookie preferences").wait_for()
    wait_for_calm(page)
    assert page.evaluate("() => scrollY") == before
    press(page, "close")
    centre(page).wait_for(state="detached")
    wait_for_calm(page)
    assert page.evaluate("() => scrollY") == before


def test_page_behind_the_centre_can_not_be_reached(page: Page, own: OwnWebsite) -> None:
    own.open(page, '<button id="behind">Behind</button>')
    open_centre(page)
    seen: set[str] = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("() => document.activeElement.id || document.activeElement.dataset.saysoLayer || ''"))
    assert "behind" not in seen
    assert "preferences" in seen


@pytest.mark.parametrize(("action", "grants"), [("reject-all", False), ("accept-all", True)])
def test_both_answers_are_in_the_centre_too(
    action: str, grants: bool, page: Page, context: BrowserContext, own: OwnWebsite, server: Server
) -> None:
    own.open(page)
    open_centre(page)
    centre(page).locator(f'[data-sayso-action="{action}"]').click()
    wait_for_record(page)
    choice = choice_of(context)
    assert set(choice.categories.values()) == {grants}
    (event,) = events_of(server, choice.consent_id)
    assert (event["action"], event["surface"]) == (action.replace("-", "_"), "preferences")


def test_yes_is_withdrawn_with_two_clicks(page: Page, context: BrowserContext, own: OwnWebsite, server: Server) -> None:
    own.open(page, TAGS)
    press(page, "accept-all")
    page.wait_for_function("() => window.ran && ran.includes('ads')")
    wait_for_record(page)
    page.reload()
    wait_for_api(page)
    press(page, "preferences")
    with page.expect_event("domcontentloaded"):
        centre(page).get_by_role("button", name="Withdraw my consent").click()
    wait_for_api(page)
    wait_for_calm(page)
    assert ran(page) == []
    choice = choice_of(context)
    assert not choice.grants_something
    last = events_of(server, choice.consent_id)[-1]
    assert (last["action"], last["surface"], last["trusted"]) == ("withdraw", "preferences", True)


def test_centre_stands_before_the_browser_makes_a_formatter(page: Page, own: OwnWebsite) -> None:
    """The first one takes a slow phone a tenth of a second, between the click and the picture."""
    page.set_viewport_size({"width": 390, "height": 780})
    own.open(page)
    press(page, "accept-all")
    wait_for_record(page)
    page.reload()
    wait_for_api(page)
    page.evaluate(FORMATTERS)
    open_centre(page)
    assert page.evaluate("window.madeByThen") == []
    today = page.evaluate("new Date().toLocaleDateString('en', {dateStyle: 'long'})")
    centre(page).get_by_text(f"Last decision: {today}").wait_for()
    assert page.evaluate("footerHeight()") == page.evaluate("window.heightByThen")


def test_page_without_a_door_of_its_own_is_given_one(page: Page, own: OwnWebsite) -> None:
    own.open(page)
    press(page, "reject-all")
    wait_for_record(page)
    page.reload()
    page.locator('[data-sayso-layer="settings"]').get_by_role("button", name="Cookie settings").click()
    centre(page).get_by_role("heading", name="Cookie preferences").wait_for()


def test_page_with_a_door_of_its_own_keeps_it(page: Page, own: OwnWebsite) -> None:
    own.open(page, '<a href="/elsewhere" data-sayso="open">Cookies</a>')
    press(page, "reject-all")
    wait_for_record(page)
    page.reload()
    wait_for_api(page)
    wait_for_calm(page)
    assert page.locator('[data-sayso-layer="settings"]').count() == 0
    page.get_by_role("link", name="Cookies").click()
    centre(page).get_by_role("heading", name="Cookie preferences").wait_for()
    assert page.url == own.address()


def test_centre_says_what_is_kept_and_by_whom(page: Page, own: OwnWebsite) -> None:
    own.open(page)
    open_centre(page)
    unfold(page)
    words = centre(page).locator("dialog").inner_text()
    for fact in ("Google Analytics 4", "Google Ireland Limited", "_ga_*", "numonix_settings", "YouTube"):
        assert fact in words
    notice = centre(page).get_by_role("link", name="privacy notice").first
    assert (notice.get_attribute("href") or "").startswith("https://")

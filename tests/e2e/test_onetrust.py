"""A website that comes from OneTrust: its markup, tags and tag manager go on working by the answers given here, where
it chose so, and find nothing where it did not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.pages import FRAME, PICTURE, TAG, inline
from tests.e2e.visitor import banner, centre, granted, press, ran, wait_for_api, wait_for_calm, wait_for_record

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server
    from tests.e2e.third_parties import ThirdParties

KEY, PLAIN = "left-onetrust", "never-onetrust"
MAKE = f"""
from django.utils import timezone
from consent.services.drafting import save_policy
from consent.services.publishing import publish
from cookies.models import Cookie
from cookies.services.sites import create_site
from tests.facts import ANSWERABLE
for key, shim in (({KEY!r}, True), ({PLAIN!r}, False)):
    site = create_site(key=key, name=key, domains=["http://127.0.0.1:*"], **ANSWERABLE)
    save_policy(site=site, onetrust_shim=shim)
    for category in ("performance", "functional", "targeting"):
        Cookie.objects.create(
            site=site, name=category, own_category=category, lifetime="session", purpose={{"en": "Tries it."}})
    publish(site=site, by="test", now=timezone.now())
"""
NOBODY, EVERYBODY = ",C0001,", ",C0001,C0002,C0003,C0004,C0005,"
# As pages have it: a wrapper that notes what is active, and whoever listens.
LISTENERS = """<script>
window.wrapped = []; window.updated = []; window.changed = [];
function OptanonWrapper() { wrapped.push(window.OnetrustActiveGroups); }
addEventListener("OneTrustGroupsUpdated", (event) => updated.push(event.detail.join()));
addEventListener("consent.onetrust", (event) => changed.push(event.detail.join()));
</script>"""


@pytest.fixture(scope="module", autouse=True)
def _websites(server: Server) -> None:
    server.shell(MAKE)


def come(own: OwnWebsite, page: Page, body: str = "<h1>A page</h1>", *, path: str = "/", key: str = KEY) -> Page:
    own.open(page, body, head=LISTENERS + own.embed(key=key), path=path)
    wait_for_api(page)
    wait_for_calm(page)
    return page


def marked(groups: str, name: str) -> str:
    return f'<script type="text/plain" class="x optanon-category-{groups} y">{inline(name)}</script>'


def events(page: Page) -> list[list[Any]]:
    told: list[list[Any]] = page.evaluate(
        """() => dataLayer.filter(({event}) => event != "sayso_consent_update")
            .map(({event, OnetrustActiveGroups: active, OptanonActiveGroups: old}) => [event, active || old])"""
    )
    return told


def test_names_and_events_follow_the_answers(own: OwnWebsite, page: Page) -> None:
    come(own, page)
    assert page.evaluate("() => [OnetrustActiveGroups, OptanonActiveGroups]") == [NOBODY, NOBODY]
    assert page.evaluate("() => [wrapped, updated, changed]") == [[NOBODY], ["C0001"], []]
    assert events(page) == [["OneTrustLoaded", NOBODY], ["OptanonLoaded", NOBODY], ["OneTrustGroupsUpdated", NOBODY]]
    assert page.evaluate("() => OneTrust.IsAlertBoxClosed()") is False
    page.evaluate("() => sayso.save({categories: {performance: true}})")
    assert page.evaluate("() => [OnetrustActiveGroups, wrapped.at(-1), changed]") == [
        ",C0001,C0002,",
        ",C0001,C0002,",
        ["C0001,C0002"],
    ]
    assert page.evaluate("() => OneTrust.IsAlertBoxClosed()") is True
    page.evaluate("() => OneTrust.AllowAll()")
    assert page.evaluate("() => OnetrustActiveGroups") == EVERYBODY
    assert events(page)[-1] == ["OneTrustGroupsUpdated", EVERYBODY]
    page.evaluate("() => OneTrust.RejectAll()")
    assert page.evaluate("() => OnetrustActiveGroups") == NOBODY
    assert granted(page) == {"strictly_necessary": True, "performance": False, "functional": False, "targeting": False}
    wait_for_record(page)


def test_stored_answer_holds_from_the_start_of_the_next_page(own: OwnWebsite, page: Page) -> None:
    come(own, page)
    press(page, "accept-all")
    wait_for_record(page)
    code = "(window.ran = window.ran || []).push(window.OnetrustActiveGroups)"
    come(own, page, f'<script type="text/plain" class="optanon-category-C0001">{code}</script>', path="/next")
    assert ran(page) == [EVERYBODY]
    assert page.evaluate("() => [wrapped, changed]") == [[EVERYBODY], []]


def test_marked_tags_wait_for_their_groups(own: OwnWebsite, page: Page, third_party: ThirdParties) -> None:
    body = (
        marked("C0001", "necessary")
        + marked("C0002", "performance")
        + marked("C0004", "targeting")
        + marked("C0005", "social")
        + marked("C0002-C0004", "both")
        + marked("C0099", "unknown")
        + f'<script type="text/plain" class="optanon-category-C0003" src="{TAG.format("chat")}"></script>'
        + f'<img alt="" class="optanon-category-C0004" data-src="{PICTURE.format("pixel")}">'
        + f'<iframe title="A film" class="optanon-category-C0004" data-src="{FRAME.format("film")}"></iframe>'
    )
    come(own, page, body)
    assert ran(page) == ["necessary"]
    assert third_party.sent == []
    page.evaluate("() => sayso.save({categories: {performance: true}})")
    wait_for_calm(page)
    assert ran(page) == ["necessary", "performance"]
    page.evaluate("() => sayso.acceptAll()")
    page.wait_for_function("() => ran.includes('both') && ran.includes('tags.example/chat.js')")
    wait_for_calm(page)
    assert sorted(ran(page)) == sorted(
        ["necessary", "performance", "targeting", "social", "both", "tags.example/chat.js"]
    )
    page.wait_for_function("() => document.querySelector('iframe').src && document.querySelector('img[data-src]').src")
    assert third_party.hosts == {"tags.example", "pictures.example", "frames.example"}
    wait_for_record(page)


def test_tag_that_is_added_later_is_gated_too(own: OwnWebsite, page: Page) -> None:
    come(own, page)
    add = """(groups) => { const script = document.createElement("script"); script.type = "text/plain";
        script.className = "optanon-category-" + groups;
        script.text = `(window.ran = window.ran || []).push("${groups}")`;
        document.body.append(script); }"""
    page.evaluate(add, "C0002")
    wait_for_calm(page)
    assert ran(page) == []
    page.evaluate("() => sayso.acceptAll()")
    page.evaluate(add, "C0004")
    page.evaluate(add, "C0002-C0003")
    page.wait_for_function("() => (window.ran || []).length == 3")
    assert ran(page) == ["C0002", "C0004", "C0002-C0003"]
    wait_for_record(page)


@pytest.mark.parametrize(
    ("groups", "taken_back"),
    [("C0004", "targeting"), ("C0002-C0004", "performance"), ("C0003-C0004", "functional")],
)
def test_withdrawal_loads_the_page_again_once(own: OwnWebsite, page: Page, groups: str, taken_back: str) -> None:
    come(own, page, marked(groups, "tag"))
    page.evaluate("() => sayso.acceptAll()")
    page.wait_for_function("() => window.ran")
    wait_for_record(page)
    loads: list[str] = []
    page.on("domcontentloaded", lambda loaded: loads.append(loaded.url))
    with page.expect_event("domcontentloaded"):
        page.evaluate("(code) => sayso.save({categories: {[code]: false}})", taken_back)
    wait_for_api(page)
    # Longer than the page would take to be loaded another time.
    page.wait_for_timeout(1500)
    assert ran(page) == []
    assert len(loads) == 1
    wait_for_record(page)


def test_its_buttons_open_the_preference_centre_and_its_list_is_ours(own: OwnWebsite, page: Page) -> None:
    body = (
        '<button id="ot-sdk-btn" class="ot-sdk-show-settings">Cookie Settings</button>'
        '<div id="ot-sdk-cookie-policy"></div>'
    )
    come(own, page, body)
    press(page, "reject-all")
    page.locator("#ot-sdk-btn").click()
    centre(page).locator("input[data-category]").first.wait_for()
    page.keyboard.press("Escape")
    # A centre that is still closing stays what it is.
    centre(page).wait_for(state="detached")
    page.evaluate("() => OneTrust.ToggleInfoDisplay()")
    centre(page).locator("input[data-category]").first.wait_for()
    page.wait_for_function(
        """() => { const {childNodes, shadowRoot} = document.querySelector("#ot-sdk-cookie-policy");
            return childNodes[0] || shadowRoot; }"""
    )
    wait_for_record(page)


def test_marks_of_ours_count_where_both_stand(own: OwnWebsite, page: Page) -> None:
    come(
        own,
        page,
        f'<script type="text/plain" class="optanon-category-C0002" data-category="targeting">{inline("tag")}</script>',
    )
    page.evaluate("() => sayso.save({categories: {performance: true}})")
    wait_for_calm(page)
    assert ran(page) == []
    wait_for_record(page)


def test_website_that_did_not_choose_it_has_none_of_it(own: OwnWebsite, page: Page) -> None:
    come(own, page, marked("C0001", "necessary") + marked("C0002", "performance"), key=PLAIN)
    assert banner(page).is_visible()
    page.evaluate("() => sayso.acceptAll()")
    wait_for_calm(page)
    assert ran(page) == []
    assert page.evaluate("() => [typeof OneTrust, typeof OnetrustActiveGroups, wrapped.length]") == [
        "undefined",
        "undefined",
        0,
    ]
    wait_for_record(page)

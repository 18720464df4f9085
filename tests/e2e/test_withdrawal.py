"""Taking a yes back: what partners left behind is gone, the record knows, and the page starts anew once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.pages import TAG, gated
from tests.e2e.visitor import (
    ALL_OFF,
    banner,
    choice_of,
    cookie_names,
    events_of,
    granted,
    press,
    ran,
    stored_in,
    wait_for_api,
    wait_for_calm,
    wait_for_record,
)

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Route

    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server
    from tests.e2e.third_parties import ThirdParties

EVENTS = "**/api/v1/sites/*/events"
ANALYTICS = 'data-category="performance" data-partner="google-analytics"'
HOST = "shop.numonix.localhost"
# What a tag may do: the same names on several paths and domains.
SET_EVERYWHERE = """
for (const domain of ["", "; Domain=shop.numonix.localhost", "; Domain=numonix.localhost"])
    for (const path of ["/", "/deep", "/deep/", "/deep/er"])
        for (const name of ["_ga", "_ga_ABC123"])
            document.cookie = `${name}=1; Path=${path}${domain}; Max-Age=3600`;
window.everywhere = true;
"""
SET_OTHERS = """
for (const name of ["_gab", "ga", "basket", "x_ga"]) document.cookie = `${name}=1; Path=/; Max-Age=3600`;
localStorage.setItem("numonix.preferences", "1");
localStorage.setItem("numonix.basket", "1");
"""


def loads_of(page: Page) -> list[str]:
    """Fills up with what happens to this tab, in order: `loaded`, and `recorded` for a withdrawal.

    The answer before it may be told of late: the page knows that it was recorded before this program does.
    """
    happened: list[str] = []
    page.on("domcontentloaded", lambda _: happened.append("loaded"))
    page.on(
        "requestfinished",
        lambda request: happened.append("recorded") if '"withdraw"' in (request.post_data or "") else None,
    )
    return happened


def test_withdrawal_removes_what_partners_left_on_every_level(
    page: Page, context: BrowserContext, own: OwnWebsite, third_party: ThirdParties
) -> None:
    own.put("/everywhere.js", SET_EVERYWHERE, kind="text/javascript")
    own.open(page, gated("", ANALYTICS, "/everywhere.js"), path="/deep/er/page", host=HOST)
    press(page, "accept-all")
    # The tag starts after the record has left, and a cookie is a call of its own: we count when it has set the last.
    page.wait_for_function("() => window.everywhere")
    page.evaluate(SET_OTHERS)
    wait_for_record(page)
    # Domain attribute and path each make another cookie; a public suffix is refused by the browser itself.
    assert cookie_names(context).count("_ga") >= 8
    with page.expect_event("domcontentloaded"):
        page.evaluate("() => window.sayso.withdraw()")
    wait_for_api(page)
    wait_for_record(page)
    wait_for_calm(page)
    assert cookie_names(context) == ["_gab", "basket", "ga", "sayso", "x_ga"]
    assert stored_in(page)["local"] == {"numonix.basket": "1"}
    assert granted(page) == ALL_OFF


def test_withdrawal_is_recorded_before_the_page_starts_anew_once(
    page: Page, context: BrowserContext, own: OwnWebsite, server: Server, third_party: ThirdParties
) -> None:
    own.open(page, gated("", ANALYTICS, TAG.format("one")))
    press(page, "accept-all")
    page.wait_for_function("() => window.ran")
    wait_for_record(page)
    third_party.forget()
    happened = loads_of(page)
    with page.expect_event("domcontentloaded"):
        page.evaluate("() => window.sayso.withdraw()")
    wait_for_api(page)
    wait_for_calm(page)
    assert happened == ["recorded", "loaded"]
    assert [event["action"] for event in events_of(server, choice_of(context).consent_id)] == ["accept_all", "withdraw"]
    assert banner(page).count() == 0
    assert (ran(page), third_party.sent) == ([], [])


def test_withdrawal_does_not_wait_for_a_slow_record_and_loses_nothing(
    page: Page, context: BrowserContext, own: OwnWebsite, server: Server
) -> None:
    own.open(page, gated("inline", ANALYTICS))
    press(page, "accept-all")
    page.wait_for_function("() => window.ran")
    wait_for_record(page)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(EVENTS, hold)
    with page.expect_event("domcontentloaded"):
        page.evaluate("() => window.sayso.withdraw()")
    wait_for_api(page)
    assert ran(page) == []
    assert len(held) >= 1
    page.unroute(EVENTS)
    page.reload()
    wait_for_api(page)
    wait_for_record(page)
    actions = [event["action"] for event in events_of(server, choice_of(context).consent_id)]
    assert actions == ["accept_all", "withdraw"]


def test_answer_that_stops_nothing_does_not_start_the_page_anew(page: Page, own: OwnWebsite) -> None:
    own.open(page, gated("inline", ANALYTICS))
    happened = loads_of(page)
    press(page, "reject-all")
    wait_for_record(page)
    page.evaluate("() => window.sayso.withdraw()")
    wait_for_record(page)
    page.evaluate("() => window.sayso.acceptAll()")
    wait_for_record(page)
    page.wait_for_function("() => window.ran")
    wait_for_calm(page)
    assert "loaded" not in happened


def test_one_partner_is_taken_back_alone(
    page: Page, context: BrowserContext, own: OwnWebsite, server: Server, third_party: ThirdParties
) -> None:
    own.put("/everywhere.js", SET_EVERYWHERE, kind="text/javascript")
    markup = gated("", ANALYTICS, "/everywhere.js") + gated("chat", 'data-category="functional"')
    own.open(page, markup, path="/deep/er/page", host=HOST)
    press(page, "accept-all")
    page.evaluate(SET_OTHERS)
    wait_for_record(page)
    with page.expect_event("domcontentloaded"):
        page.evaluate("() => window.sayso.save({partners: {'google-analytics': false}})")
    wait_for_api(page)
    wait_for_record(page)
    page.wait_for_function("() => window.ran")
    assert ran(page) == ["chat"]
    choice = choice_of(context)
    assert (all(choice.categories.values()), choice.partners) == (True, {"google-analytics": False})
    assert cookie_names(context) == ["_gab", "basket", "ga", "sayso", "x_ga"]
    assert stored_in(page)["local"] == {"numonix.preferences": "1", "numonix.basket": "1"}
    event = events_of(server, choice.consent_id)[-1]
    assert (event["action"], event["partners"]) == ("save", {"google-analytics": False})


def test_every_withdrawal_tells_google_again(page: Page, own: OwnWebsite) -> None:
    own.open(page)
    wait_for_api(page)
    for answer in ("acceptAll", "withdraw", "acceptAll", "withdraw"):
        page.evaluate("(name) => window.sayso[name]()", answer)
    told = page.evaluate(
        """() => dataLayer.filter((entry) => entry[0] == "consent" && entry[1] == "update")
            .map((entry) => entry[2].analytics_storage)"""
    )
    assert told[-4:] == ["granted", "denied", "granted", "denied"]
    wait_for_record(page)


@pytest.mark.parametrize("is_kept", [True, False], ids=["cookie kept", "cookie gone"])
def test_expired_yes_stops_counting_and_leaves_nothing(
    is_kept: bool, page: Page, context: BrowserContext, own: OwnWebsite, third_party: ThirdParties
) -> None:
    own.open(page, gated("inline", ANALYTICS))
    press(page, "accept-all")
    page.wait_for_function("() => window.ran")
    wait_for_record(page)
    context.add_cookies([{"name": "_ga", "value": "1", "url": own.address()}])
    # Only the page's clock moves. Most browsers drop the consent cookie when its time is over; one that does not
    # leaves its age to us.
    page.clock.install(time=time.time() + 181 * 86400)
    page.goto("about:blank")
    if not is_kept:
        context.clear_cookies(name="sayso")
    page.goto(own.address())
    banner(page).wait_for()
    wait_for_calm(page)
    assert ran(page) == []
    assert "_ga" not in cookie_names(context)
    assert page.evaluate("() => window.sayso.get().source") == ("expired" if is_kept else "undecided")


def test_withdrawal_removes_databases_and_storage_of_a_partner_without_cookies(
    page: Page, own: OwnWebsite, server: Server
) -> None:
    server.shell("""
from django.utils import timezone
from consent.services.publishing import publish
from cookies.models import Cookie, Site
from cookies.services.catalogue import add_library_partner
from cookies.services.sites import create_site
from tests.facts import ANSWERABLE
site = create_site(key="databases", name="Databases", domains=["http://127.0.0.1:*"], **ANSWERABLE)
partner = add_library_partner(site=site, library="google-analytics", load_mode="gated",
    parameters={"measurement_id": "G-DATABASES1"})
site.cookies.all().delete()
for name, technology in (
    ("ga-store-*", "indexed_db"), ("ga-local", "local_storage"), ("ga-session", "session_storage")
):
    Cookie.objects.create(site=site, partner=partner, name=name, technology=technology, lifetime="persistent",
        purpose={"en": "Tries it."})
publish(site=site, by="test", now=timezone.now())
""")
    own.open(page, head=own.embed(key="databases"))
    press(page, "accept-all")
    wait_for_record(page)
    page.evaluate(
        """() => Promise.all(["ga-store-1", "shop"].map((name) => new Promise((done) => {
            indexedDB.open(name).onsuccess = ({ target }) => { target.result.close(); done(); };
        }))).then(() => {
            for (const name of ["ga-local", "mine"]) localStorage.setItem(name, "1");
            for (const name of ["ga-session", "mine"]) sessionStorage.setItem(name, "1");
        })"""
    )
    page.evaluate("() => sayso.withdraw()")
    wait_for_record(page)
    page.wait_for_function("() => indexedDB.databases().then((found) => found.length == 1)")
    kept = stored_in(page)
    assert (kept["databases"], kept["local"], kept["session"]) == (["shop"], {"mine": "1"}, {"mine": "1"})

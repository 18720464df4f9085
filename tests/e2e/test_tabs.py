"""Two tabs of one website: an answer in one is an answer in the other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.e2e.pages import gated
from tests.e2e.visitor import (
    ALL_OFF,
    ALL_ON,
    banner,
    choice_of,
    events_of,
    granted,
    press,
    ran,
    wait_for_api,
    wait_for_calm,
    wait_for_record,
)

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server

TAG = gated("tag", 'data-category="performance"')


def test_answer_in_one_tab_counts_in_the_other(context: BrowserContext, own: OwnWebsite, server: Server) -> None:
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        own.open(page, TAG)
        banner(page).wait_for()
    press(first, "accept-all")
    wait_for_record(first)
    banner(second).wait_for(state="detached")
    second.wait_for_function("() => window.ran")
    assert granted(second) == ALL_ON
    assert ran(second) == ["tag"]
    # Hearing of an answer is not another answer.
    assert len(events_of(server, choice_of(context).consent_id)) == 1


def test_answer_given_while_this_tab_opens_its_storage_is_seen(
    page: Page, context: BrowserContext, own: OwnWebsite
) -> None:
    """What another tab writes before this one can hear of it is told to nobody."""
    other = context.new_page()
    own.open(other, TAG)
    press(other, "reject-all")
    wait_for_record(other)
    answer = other.evaluate("() => document.cookie")
    context.clear_cookies()
    page.add_init_script(
        f"""const get = Storage.prototype.getItem;
        Storage.prototype.getItem = function (name) {{
          if (document.querySelector("[data-sayso-layer]")) document.cookie = {json.dumps(answer)} + "; path=/";
          return get.call(this, name);
        }};"""
    )
    own.open(page, TAG)
    wait_for_api(page)
    banner(page).wait_for(state="detached")
    assert page.evaluate("() => sayso.get().source") == "decided"


def test_refusal_in_one_tab_starts_nothing_in_the_other(context: BrowserContext, own: OwnWebsite) -> None:
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        own.open(page, TAG)
        banner(page).wait_for()
    press(first, "reject-all")
    wait_for_record(first)
    banner(second).wait_for(state="detached")
    wait_for_calm(second)
    assert granted(second) == ALL_OFF
    assert ran(second) == []


def test_withdrawal_in_one_tab_is_told_in_the_other(context: BrowserContext, own: OwnWebsite) -> None:
    first, second = context.new_page(), context.new_page()
    own.open(first, TAG)
    press(first, "accept-all")
    wait_for_record(first)
    own.open(second, TAG)
    wait_for_api(second)
    with first.expect_event("domcontentloaded"):
        first.evaluate("() => sayso.withdraw()")
    second.wait_for_function("() => !sayso.allows('performance')")
    told = second.evaluate(
        """() => dataLayer.filter((entry) => entry[0] == "consent" && entry[1] == "update")
            .map((entry) => entry[2].analytics_storage)"""
    )
    assert told[-1] == "denied"
    # A tag that is added now finds the answer.
    second.evaluate("(markup) => document.body.append(document.createRange().createContextualFragment(markup))", TAG)
    wait_for_calm(second)
    assert ran(second) == ["tag"]


def test_answer_counts_on_all_subdomains_where_the_website_wants_it(
    page: Page, context: BrowserContext, own: OwnWebsite, server: Server
) -> None:
    server.shell("""
from django.utils import timezone
from consent.services.publishing import publish
from cookies.services.sites import create_site, update_site
from tests.facts import ANSWERABLE
site = create_site(key="family", name="Family", domains=["http://*.family.localhost:*"], **ANSWERABLE)
update_site(site=site, cookie_domain="family.localhost")
publish(site=site, by="test", now=timezone.now())
""")
    line = own.embed(key="family")
    own.open(page, head=line, host="www.family.localhost")
    press(page, "reject-all")
    wait_for_record(page)
    own.open(page, head=line, host="shop.family.localhost")
    wait_for_api(page)
    wait_for_calm(page)
    assert page.evaluate("() => sayso.get().source") == "decided"
    (cookie,) = context.cookies()
    assert cookie.get("domain") == ".family.localhost"

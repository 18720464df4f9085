"""Programs that answer for a visitor: the real autoconsent, with our rule and by its heuristic alone.

It refuses where a question stands, the record says that a program did, and what a person opened is left alone. For
Consent-O-Matic there is no package to run: its rule is read here step by step, as its format says.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from consent.builtin_texts import available_languages
from tests.e2e.automation import ROOT, RULE, attempts, automate, rules_of_the_package, said, wait_until_done
from tests.e2e.test_changes import Colleague, changes
from tests.e2e.test_regimes import KEY as EVERYWHERE
from tests.e2e.test_regimes import MAKE as MAKE_EVERYWHERE
from tests.e2e.test_regimes import NO_TARGETING, come_from, notice
from tests.e2e.visitor import (
    ALL_OFF,
    ALL_ON,
    banner,
    centre,
    choice_of,
    cookie_names,
    count_events,
    events_of,
    granted,
    granted_partners,
    press,
    wait_for_api,
    wait_for_calm,
    wait_for_record,
)
from tests.test_integrations import RECOGNISED

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.e2e.conftest import NewContext
    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server

REFUSED = [
    ("init", None),
    ("cmpDetected", "sayso"),
    ("popupFound", "sayso"),
    ("optOutResult", True),
    ("autoconsentDone", "sayso"),
]
BY_HEURISTIC = [(kind, "HEURISTIC-REJECT" if value == "sayso" else value) for kind, value in REFUSED]
WAY_BACK = '<footer><button data-sayso="open">Cookie settings</button></footer>'
LANGUAGES = sorted(RECOGNISED.intersection(available_languages()))
TONGUES = "tongues"
MAKE_TONGUES = f"""
from django.utils import timezone
from consent.services.drafting import save_languages
from consent.services.publishing import publish
from cookies.models import Site
from cookies.services.catalogue import add_library_partner
from cookies.services.sites import create_site
if not Site.objects.filter(key="{TONGUES}").exists():
    site = create_site(key="{TONGUES}", name="Tongues", domains=["http://127.0.0.1:*"])
    add_library_partner(site=site, library="google-analytics", load_mode="gated",
        parameters={{"measurement_id": "G-TONGUES001"}})
    save_languages(site=site, languages={LANGUAGES!r})
    publish(site=site, by="test", now=timezone.now())
"""


def last_event(server: Server, page: Page) -> dict[str, Any]:
    """What the record holds of this visitor's newest answer."""
    wait_for_record(page)
    return events_of(server, choice_of(page.context).consent_id)[-1]


def facts(event: dict[str, Any]) -> tuple[Any, ...]:
    return event["action"], event["surface"], event["trusted"]


# ---- with our rule


def test_rule_refuses_the_question_and_the_record_says_that_a_program_did(
    context: BrowserContext, page: Page, own: OwnWebsite, server: Server
) -> None:
    automate(context, rules=[RULE])
    own.open(page)
    wait_until_done(page)
    assert said(page) == REFUSED
    assert banner(page).count() == 0
    assert granted(page) == ALL_OFF
    event = last_event(server, page)
    assert facts(event) == ("reject_all", "banner", False)
    assert event["categories"] == ALL_OFF

    # The rule's own proof that it has worked, which upstream runs on a list of websites.
    page.evaluate("() => autoconsentReceiveMessage({type: 'selfTest'})")
    assert said(page)[-1] == ("selfTestResult", True)


def test_no_rule_that_duckduckgo_ships_takes_our_question_for_its_own(
    context: BrowserContext, page: Page, own: OwnWebsite
) -> None:
    automate(context, rules=[*rules_of_the_package(), RULE], heuristic=True)
    own.open(page)
    wait_until_done(page)
    assert said(page) == REFUSED


def test_rule_accepts_for_those_who_want_that(
    context: BrowserContext, page: Page, own: OwnWebsite, server: Server
) -> None:
    automate(context, rules=[RULE], act="optIn")
    own.open(page)
    wait_until_done(page)
    assert ("optInResult", True) in said(page)
    assert granted(page) == ALL_ON
    assert facts(last_event(server, page)) == ("accept_all", "banner", False)


@pytest.mark.parametrize(("act", "expected"), [("optOut", NO_TARGETING), ("optIn", ALL_ON)])
def test_rule_opts_out_where_things_run_until_they_are_refused(
    act: str, expected: dict[str, bool], new_context: NewContext, own: OwnWebsite, server: Server
) -> None:
    server.shell(MAKE_EVERYWHERE)
    context = come_from(new_context, "US-CA")
    automate(context, rules=[RULE], act=act)
    page = context.new_page()
    own.open(page, head=own.embed(key=EVERYWHERE))
    wait_until_done(page)
    assert (f"{act}Result", True) in said(page)
    assert notice(page).count() == 0
    assert granted(page) == expected
    assert facts(last_event(server, page)) == ("save", "banner", False)


def test_heuristic_alone_opts_out_where_things_run_until_they_are_refused(
    new_context: NewContext, own: OwnWebsite, server: Server
) -> None:
    server.shell(MAKE_EVERYWHERE)
    context = come_from(new_context, "US-CA")
    automate(context, heuristic=True)
    page = context.new_page()
    own.open(page, head=own.embed(key=EVERYWHERE))
    wait_until_done(page)
    assert said(page) == BY_HEURISTIC
    assert granted(page) == NO_TARGETING


def test_rule_refuses_what_is_new_and_leaves_the_rest_of_an_answer(
    new_context: NewContext, own: OwnWebsite, server: Server
) -> None:
    colleague = Colleague(server, "c-automation")
    context = new_context()
    page = context.new_page()
    own.open(page, head=own.embed(key=colleague.key))
    press(page, "accept-all")
    wait_for_record(page)
    colleague.add_hotjar()

    automate(context, rules=[RULE])
    context.new_cdp_session(page).send("Network.clearBrowserCache")
    own.open(page, head=own.embed(key=colleague.key))
    wait_until_done(page)
    assert said(page) == REFUSED
    assert changes(page).count() == 0
    assert granted_partners(page) == {"google-analytics": True, "hotjar": False}
    assert facts(last_event(server, page)) == ("save", "banner", False)


# ---- by its heuristic alone


@pytest.mark.parametrize("language", LANGUAGES)
def test_heuristic_alone_refuses_in_every_language_that_it_knows(
    language: str, context: BrowserContext, page: Page, own: OwnWebsite, server: Server
) -> None:
    server.shell(MAKE_TONGUES)
    automate(context, heuristic=True)
    own.open(page, head=own.embed(key=f"{TONGUES}.{language}"))
    wait_until_done(page)
    assert said(page) == BY_HEURISTIC
    assert granted(page) == ALL_OFF
    event = last_event(server, page)
    assert facts(event) == ("reject_all", "banner", False)
    assert event["language"] == language


# ---- what a person opened


@pytest.mark.parametrize("way_back", [WAY_BACK, ""], ids=["the page's link", "our button"])
@pytest.mark.parametrize("means", ["rule", "heuristic"])
def test_preference_centre_that_a_person_opened_is_left_alone(
    means: str, way_back: str, context: BrowserContext, page: Page, own: OwnWebsite, server: Server
) -> None:
    own.open(page, way_back)
    press(page, "accept-all")
    wait_for_record(page)
    known = count_events(server)

    automate(context, rules=[RULE] if means == "rule" else [], heuristic=True)
    own.open(page, way_back)
    wait_for_api(page)
    opener = '[data-sayso="open"]' if way_back else '[data-sayso-layer="settings"] button'
    if means == "rule":
        # It knows our page by what we show, looks for a question for five seconds, and gives up.
        with page.expect_console_message(lambda message: "no popup found" in message.text):
            page.locator(opener).click()
            centre(page).get_by_role("heading", name="Cookie preferences").wait_for()
    else:
        page.locator(opener).click()
        centre(page).get_by_role("heading", name="Cookie preferences").wait_for()
        # It looks again when the page changes, and with the heuristic every second time.
        before = attempts(page)
        page.evaluate("() => setInterval(() => document.body.append(document.createElement('i')), 100)")
        page.wait_for_function("(before) => automation.attempts >= before + 3", arg=before)
    assert [kind for kind, _ in said(page)] in (["init"], ["init", "cmpDetected"])
    assert centre(page).get_by_role("switch", checked=True).count() > 0
    assert granted(page) == ALL_ON
    assert count_events(server) == known


# ---- Consent-O-Matic

# What its format means: `parent` is searched first, and an open shadow root of it is entered.
READER = """
async ([rule, wishes]) => {
    const find = ({parent, target}, all) => {
        const from = parent ? document.querySelector(parent.selector) : document;
        const found = [...((from && (from.shadowRoot || from)) || document.createElement("i")).querySelectorAll(target.selector)]
            .filter((element) => !target.displayFilter || element.offsetHeight);
        return found[0];
    };
    const matches = (matcher) => matcher.type === "checkbox" ? find(matcher).checked : !!find(matcher);
    const run = {
        click: (step) => find(step)?.click(),
        list: async ({actions}) => { for (const step of actions) await act(step); },
        ifcss: (step) => act(find(step) ? step.trueAction : step.falseAction),
        waitcss: async (step) => {
            for (let left = step.retries; left-- && !find(step);) await new Promise((then) => setTimeout(then, step.waitTime));
        },
        consent: async ({consents}) => {
            for (const {type, matcher, toggleAction} of consents) if (matches(matcher) !== !!wishes[type]) await act(toggleAction);
        },
    };
    const act = (step) => step && run[step.type](step);
    const [detector] = rule.detectors;
    for (let left = 40; left-- && !detector.showingMatcher.every(matches);) await new Promise((then) => setTimeout(then, 250));
    if (!detector.presentMatcher.every(matches) || !detector.showingMatcher.every(matches)) return false;
    for (const name of ["OPEN_OPTIONS", "DO_CONSENT", "SAVE_CONSENT"]) await act(rule.methods.find((each) => each.name === name).action);
    return true;
}
"""
NOTHING_WANTED: dict[str, bool] = {}
STATISTICS_WANTED = {"B": True}


def follow(page: Page, wishes: dict[str, bool]) -> None:
    rule = json.loads((ROOT / "integrations" / "consent-o-matic" / "sayso.json").read_text())["sayso"]
    assert page.evaluate(READER, [rule, wishes])


@pytest.mark.parametrize(
    ("wishes", "expected"), [(NOTHING_WANTED, ALL_OFF), (STATISTICS_WANTED, {**ALL_OFF, "performance": True})]
)
def test_consent_o_matic_rule_sets_each_category_as_the_person_wishes(
    wishes: dict[str, bool], expected: dict[str, bool], page: Page, own: OwnWebsite, server: Server
) -> None:
    own.open(page)
    follow(page, wishes)
    assert granted(page) == expected
    assert centre(page).count() == 0
    assert banner(page).count() == 0
    assert facts(last_event(server, page)) == ("save", "preferences", False)


def test_consent_o_matic_rule_switches_off_what_runs_until_it_is_refused(
    new_context: NewContext, own: OwnWebsite, server: Server
) -> None:
    server.shell(MAKE_EVERYWHERE)
    page = come_from(new_context, "US-CA").new_page()
    own.open(page, head=own.embed(key=EVERYWHERE))
    follow(page, NOTHING_WANTED)
    assert granted(page) == ALL_OFF
    assert not any(granted_partners(page).values())


def test_consent_o_matic_rule_refuses_what_is_new(page: Page, own: OwnWebsite, server: Server) -> None:
    colleague = Colleague(server, "c-omatic")
    own.open(page, head=own.embed(key=colleague.key))
    press(page, "accept-all")
    wait_for_record(page)
    colleague.add_hotjar()
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    own.open(page, head=own.embed(key=colleague.key))
    follow(page, STATISTICS_WANTED)
    assert granted_partners(page) == {"google-analytics": True, "hotjar": False}


def test_consent_o_matic_rule_refuses_everything_where_the_preference_centre_does_not_come(
    page: Page, own: OwnWebsite, server: Server
) -> None:
    own.open(page)
    banner(page).wait_for()
    wait_for_calm(page)
    page.route("**/s/numonix.*.js", lambda route: route.abort())
    follow(page, STATISTICS_WANTED)
    assert granted(page) == ALL_OFF
    assert facts(last_event(server, page)) == ("reject_all", "banner", False)
    assert cookie_names(page.context) == ["sayso"]

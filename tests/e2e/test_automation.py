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
from tests.test_integrations import BLOCKED, RECOGNISED

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
# The heuristic looks soon after the page is read, and then, every second time, when the page changes. Most pages do.
LIVELY = "<script>setInterval(() => document.body.append(document.createElement('i')), 100)</script>"
WAY_BACK = '<footer><button data-sayso="open">Cookie settings</button></footer>'
# As somebody else's consent platform would ask.
SOMEBODY_ELSES = """() => {
    const dialog = document.createElement("div");
    dialog.setAttribute("role", "dialog");
    const button = document.createElement("button");
    button.textContent = "Reject all";
    button.onclick = () => { window.pressed = button.textContent; dialog.remove(); };
    dialog.append("We use cookies. ", button);
    document.body.append(dialog);
}"""
LANGUAGES = sorted(RECOGNISED.intersection(available_languages()))
TONGUES = "tongues"
MAKE_TONGUES = f"""
from django.utils import timezone
from consent.services.drafting import save_languages
from consent.services.publishing import publish
from cookies.models import Site
from cookies.services.catalogue import add_library_partner
from cookies.services.sites import create_site
from tests.facts import ANSWERABLE
if not Site.objects.filter(key="{TONGUES}").exists():
    site = create_site(key="{TONGUES}", name="Tongues", domains=["http://127.0.0.1:*"], **ANSWERABLE)
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
    own.open(page, LIVELY, head=own.embed(key=EVERYWHERE))
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
    own.open(page, LIVELY, head=own.embed(key=f"{TONGUES}.{language}"))
    wait_until_done(page)
    assert said(page) == BY_HEURISTIC
    assert granted(page) == ALL_OFF
    event = last_event(server, page)
    assert facts(event) == ("reject_all", "banner", False)
    assert event["language"] == language


# ---- what a person opened


@pytest.mark.parametrize("way_back", [WAY_BACK, ""], ids=["the page's link", "our button"])
def test_preference_centre_that_a_person_opened_is_left_alone_by_the_heuristic(
    way_back: str, context: BrowserContext, page: Page, own: OwnWebsite, server: Server
) -> None:
    known = accept_everything(page, own, server, way_back)
    automate(context, heuristic=True)
    own.open(page, way_back + LIVELY)
    wait_for_api(page)
    open_centre(page)
    before = attempts(page)
    page.wait_for_function("(before) => automation.attempts > before + 2", arg=before)
    assert said(page) == [("init", None)]
    nothing_was_pressed(page, server, known)

    # It would have seen the same in the open: somebody else's dialog is answered at once.
    page.evaluate(SOMEBODY_ELSES)
    wait_until_done(page)
    assert said(page) == BY_HEURISTIC
    assert page.evaluate("() => window.pressed") == "Reject all"
    nothing_was_pressed(page, server, known)


def test_preference_centre_that_a_person_opened_is_left_alone_by_the_rule(
    context: BrowserContext, page: Page, own: OwnWebsite, server: Server
) -> None:
    known = accept_everything(page, own, server, WAY_BACK)
    automate(context, rules=[RULE], heuristic=True)
    own.open(page, WAY_BACK)
    wait_for_api(page)
    # It knows us by what we show, looks for a question for five seconds, and gives up.
    with page.expect_console_message(lambda message: "no popup found" in message.text):
        open_centre(page)
    assert said(page) == [("init", None), ("cmpDetected", "sayso")]
    nothing_was_pressed(page, server, known)


def accept_everything(page: Page, own: OwnWebsite, server: Server, markup: str) -> int:
    """As a person, before any automation. Returns how many events the record holds then."""
    own.open(page, markup)
    press(page, "accept-all")
    wait_for_record(page)
    return count_events(server)


def open_centre(page: Page) -> None:
    page.locator('[data-sayso="open"], [data-sayso-layer="settings"] button').first.click()
    centre(page).get_by_role("heading", name="Cookie preferences").wait_for()


def nothing_was_pressed(page: Page, server: Server, known: int) -> None:
    assert centre(page).get_by_role("switch", checked=True).count() > 0
    assert granted(page) == ALL_ON
    assert count_events(server) == known


# ---- filter lists

# What the page's own tree says of us: style rules of lists choose by ids and classes, never inside a shadow root.
OUR_NAMES = """() => [...document.querySelectorAll(
    "[data-sayso-layer], [data-sayso-layer] *, [data-sayso=declaration] *"
)].flatMap((element) => [element.id, ...element.classList, ...element.getAttributeNames()]).filter(Boolean)"""


def test_nothing_on_a_page_has_a_name_that_filter_lists_block(page: Page, own: OwnWebsite, server: Server) -> None:
    server.shell(MAKE_EVERYWHERE)
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url.removeprefix(server.platform)))
    names: set[str] = set()
    embed = '<iframe data-src="https://frames.example/a" data-category="functional" title="A film"></iframe>'
    own.open(page, f'{WAY_BACK}{embed}<div data-sayso="declaration"></div>', head=own.embed(key=EVERYWHERE))
    banner(page).wait_for()
    page.locator('[data-sayso-layer="embed"]').wait_for()
    names |= set(page.evaluate(OUR_NAMES))
    open_centre(page)
    names |= set(page.evaluate(OUR_NAMES))
    press_in_centre(page, "accept-all")
    page.locator('[data-sayso-layer="confirmation"]').wait_for()
    names |= set(page.evaluate(OUR_NAMES))
    wait_for_record(page)

    assert {"id", "data-sayso-layer", "data-sayso-action"} <= names
    assert [name for name in names if BLOCKED.search(name)] == []
    asked = [address for address in addresses if address.startswith("/")]
    assert {address.rpartition("/")[2] for address in asked} >= {f"{EVERYWHERE}.js", "region", "events"}
    assert [address for address in asked if BLOCKED.search(address)] == []


def test_page_stays_usable_where_a_list_hides_the_question(page: Page, own: OwnWebsite) -> None:
    own.open(page, '<div style="height: 3000px"></div>')
    banner(page).wait_for()
    before = page.evaluate("() => document.documentElement.scrollHeight")
    # A list's style sheet belongs to the browser and outweighs every page's; here the question's own says it.
    page.evaluate(
        """() => document.querySelector("[data-sayso-layer=banner]").shadowRoot.adoptedStyleSheets.at(-1)
            .replaceSync(":host { display: none !important }")"""
    )
    page.mouse.wheel(0, 5000)
    page.wait_for_function("() => scrollY > 2000")
    wait_for_calm(page)
    # No room is kept for what nobody sees.
    assert page.evaluate("() => document.documentElement.scrollHeight") == before
    padding = page.evaluate("() => getComputedStyle(document.documentElement).scrollPaddingBottom")
    assert padding in ("auto", "0px")


def press_in_centre(page: Page, action: str) -> None:
    centre(page).locator(f'[data-sayso-action="{action}"]').click()


# ---- Consent-O-Matic

# What its format means: `parent` is searched first, and an open shadow root of it is entered.
READER = """
async ([rule, wishes]) => {
    const wait = (time) => new Promise((then) => setTimeout(then, time));
    const find = ({parent, target}) => {
        const from = parent ? document.querySelector(parent.selector) : document;
        const found = from ? [...(from.shadowRoot || from).querySelectorAll(target.selector)] : [];
        return found.find((element) => !target.displayFilter || element.offsetHeight);
    };
    const matches = (matcher) => matcher.type === "checkbox" ? find(matcher).checked : !!find(matcher);
    const act = (step) => step && run[step.type](step);
    const run = {
        click: (step) => find(step)?.click(),
        list: async ({actions}) => { for (const step of actions) await act(step); },
        ifcss: (step) => act(find(step) ? step.trueAction : step.falseAction),
        waitcss: async (step) => { for (let left = step.retries; left-- && !find(step);) await wait(step.waitTime); },
        consent: async ({consents}) => {
            for (const {type, matcher, toggleAction} of consents)
                if (matches(matcher) !== !!wishes[type]) await act(toggleAction);
        },
    };
    const [{presentMatcher, showingMatcher}] = rule.detectors;
    const shows = () => presentMatcher.every(matches) && showingMatcher.every(matches);
    for (let left = 40; left-- && !shows();) await wait(250);
    const methods = Object.fromEntries(rule.methods.map(({name, action}) => [name, action]));
    if (shows()) for (const name of ["OPEN_OPTIONS", "DO_CONSENT", "SAVE_CONSENT"]) await act(methods[name]);
}
"""
NOTHING_WANTED: dict[str, bool] = {}
STATISTICS_WANTED = {"B": True}


def follow(page: Page, wishes: dict[str, bool]) -> None:
    rule = json.loads((ROOT / "integrations" / "consent-o-matic" / "sayso.json").read_text())["sayso"]
    page.evaluate(READER, [rule, wishes])


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

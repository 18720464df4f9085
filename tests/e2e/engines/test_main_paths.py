"""The main paths of a visitor in Firefox and in WebKit. Everything else is tested in Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from consent.demo.hosts import FIRST_WEBSITE
from tests.e2e.pages import FRAME, PICTURE, TAG, gated, inline
from tests.e2e.test_embedding import policy
from tests.e2e.test_preferences import FOCUSED
from tests.e2e.visitor import (
    ALL_OFF,
    ALL_ON,
    NOTHING,
    choice_of,
    cookie_names,
    count_events,
    events_of,
    granted,
    ran,
    stored_in,
    wait_for_api,
    wait_for_calm,
    wait_for_record,
)

if TYPE_CHECKING:
    from tests.e2e.engines.conftest import Signal
    from tests.e2e.engines.outside import Outside
    from tests.e2e.engines.tab import Tab
    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server

# By http: the stand-in of these engines answers nothing that is encrypted.
ONE, TWO, FILM, DOT = (
    address.replace("https:", "http:")
    for address in (TAG.format("one"), TAG.format("two"), FRAME.format("film"), PICTURE.format("dot"))
)
VISITS = 'data-category="performance" data-partner="google-analytics"'
EVERY_KIND = "".join(
    [
        gated("inline one", 'data-category="performance"'),
        gated("", VISITS, ONE),
        gated("inline two", VISITS),
        f'<template data-category="targeting"><script src="{TWO}"></script>'
        f"<script>{inline('in template')}</script></template>",
        f'<img data-category="targeting" data-src="{DOT}" alt="">',
        f'<iframe data-category="functional" data-partner="youtube" data-src="{FILM}" title="A film"></iframe>',
        gated("last", 'data-category="functional"'),
    ]
)
IN_ORDER = ["inline one", "tags.example/one.js", "inline two", "tags.example/two.js", "in template", "last"]
WAY_BACK = '<p><button id="way" data-sayso="open">Cookie settings</button></p>'
FAULTS = """window.faults = [];
addEventListener("error", ({message}) => faults.push(message));
addEventListener("unhandledrejection", ({reason}) => faults.push(String(reason)));
addEventListener("securitypolicyviolation", ({effectiveDirective, blockedURI}) =>
    faults.push(`${effectiveDirective} ${blockedURI}`));
console.warn = (...words) => faults.push(words.join(" "));"""
SHOWN = "([name]) => !!document.querySelector(`[data-sayso-layer=${name}]`)"
GONE = "([name]) => !document.querySelector(`[data-sayso-layer=${name}]`)"
SENT = {"gpc": "() => navigator.globalPrivacyControl === true", "dnt": "() => navigator.doNotTrack === '1'"}
LAST_RAN = "() => window.ran && ran.includes('last')"


def visit(tab: Tab, own: OwnWebsite, body: str, *, head: str = "", nonce: str = "", **options: Any) -> None:
    """Opens a page with the line on it that also keeps what goes wrong."""
    said = f' nonce="{nonce}"' if nonce else ""
    own.open(tab, body, head=f"<script{said}>{FAULTS}</script>{head}{own.embed('async' + said)}", **options)
    wait_for_api(tab)
    wait_for_calm(tab)


def is_shown(tab: Tab, layer: str) -> bool:
    shown: bool = tab.evaluate(SHOWN, [layer])
    return shown


def wait_until(tab: Tab, condition: str, layer: str) -> None:
    tab.wait_for_function(condition, arg=[layer])


def focused(tab: Tab) -> list[str]:
    path: list[str] = tab.evaluate(FOCUSED)
    return path


def answers(server: Server, tab: Tab) -> list[tuple[Any, ...]]:
    """What the record holds of this visitor, oldest first."""
    wait_for_record(tab)
    events = events_of(server, choice_of(tab).consent_id)
    return [(event["action"], event["surface"], event["trusted"], event["categories"]) for event in events]


def test_nothing_leaves_before_a_yes_and_after_it_each_tag_runs_once_in_order(
    tab: Tab, own: OwnWebsite, server: Server, outside: Outside
) -> None:
    before = count_events(server)
    visit(tab, own, EVERY_KIND)
    assert is_shown(tab, "banner")
    assert (outside.sent, ran(tab), cookie_names(tab), stored_in(tab)) == ([], [], [], NOTHING)
    assert count_events(server) == before

    tab.press('[data-sayso-action="accept-all"]')
    tab.wait_for_function(LAST_RAN)
    tab.wait_for_function("() => document.querySelector('img').naturalWidth == 1")
    wait_for_calm(tab)
    assert not is_shown(tab, "banner")
    assert ran(tab) == IN_ORDER
    assert sorted(outside.sent) == sorted([ONE, TWO, FILM, DOT])
    assert answers(server, tab) == [("accept_all", "banner", True, ALL_ON)]

    # The next visit asks nothing, starts everything, and records nothing.
    outside.sent.clear()
    tab.reload()
    tab.wait_for_function(LAST_RAN)
    wait_for_calm(tab)
    assert not is_shown(tab, "banner")
    assert ran(tab) == IN_ORDER
    assert {ONE, TWO, FILM} <= set(outside.sent)
    assert len(answers(server, tab)) == 1


def test_keyboard_refuses_everything(tab: Tab, own: OwnWebsite, server: Server, outside: Outside) -> None:
    visit(tab, own, EVERY_KIND)
    for _ in range(12):
        tab.type("Tab")
        if focused(tab) == ["reject-all"]:
            break
    tab.type("Enter")
    wait_until(tab, GONE, "banner")
    assert answers(server, tab) == [("reject_all", "banner", True, ALL_OFF)]
    assert cookie_names(tab) == ["sayso"]
    tab.reload()
    wait_for_api(tab)
    wait_for_calm(tab)
    assert not is_shown(tab, "banner")
    assert (outside.sent, ran(tab), stored_in(tab)) == ([], [], NOTHING)


def test_preference_centre_opens_from_the_page_and_leaving_it_grants_nothing(
    tab: Tab, own: OwnWebsite, server: Server, outside: Outside
) -> None:
    visit(tab, own, WAY_BACK + EVERY_KIND)
    tab.press("#way")
    tab.wait_for_function("() => document.activeElement.shadowRoot?.activeElement?.id == 'title'")
    tab.type("Escape")
    wait_until(tab, GONE, "preferences")
    assert tab.evaluate("() => document.activeElement.id") == "way"
    assert (granted(tab), cookie_names(tab), outside.sent, ran(tab)) == (ALL_OFF, [], [], [])

    tab.press("#way")
    wait_until(tab, SHOWN, "preferences")
    tab.press('input[data-category="performance"]')
    tab.press('[data-sayso-action="save"]')
    wait_until(tab, GONE, "preferences")
    tab.wait_for_function("() => window.ran && ran.includes('inline two')")
    wait_for_calm(tab)
    some = {**ALL_OFF, "performance": True}
    assert (granted(tab), ran(tab), outside.sent) == (some, IN_ORDER[:3], [ONE])
    assert answers(server, tab) == [("save", "preferences", True, some)]
    assert not is_shown(tab, "banner")


def test_withdrawal_removes_what_the_partner_left(tab: Tab, own: OwnWebsite, server: Server) -> None:
    leave = "".join(f"document.cookie = '{name}=1; Path=/; Max-Age=3600';" for name in ("_ga", "_ga_ABC123", "basket"))
    visit(tab, own, f'{WAY_BACK}<script type="text/plain" {VISITS}>{leave}</script>')
    tab.press('[data-sayso-action="accept-all"]')
    wait_for_record(tab)
    tab.wait_for_function("() => document.cookie.includes('basket')")
    assert cookie_names(tab) == ["_ga", "_ga_ABC123", "basket", "sayso"]
    tab.press("#way")
    tab.evaluate("() => { window.before = true; }")
    tab.press('[data-sayso-action="withdraw"]')
    # The page starts anew.
    tab.wait_for_function("() => !window.before && window.sayso && window.sayso.get")
    wait_for_calm(tab)
    assert cookie_names(tab) == ["basket", "sayso"]
    assert granted(tab) == ALL_OFF
    assert [answer[0] for answer in answers(server, tab)] == ["accept_all", "withdraw"]


def test_signal_refuses_without_a_question(signal: Signal, own: OwnWebsite, outside: Outside) -> None:
    tab = signal.tab
    visit(tab, own, EVERY_KIND, head=signal.head)
    assert tab.evaluate(SENT[signal.name])
    state = tab.evaluate("() => window.sayso.get()")
    assert (state["source"], state["signals"][signal.name], state["categories"]) == ("signal", True, ALL_OFF)
    assert not is_shown(tab, "banner")
    assert (outside.sent, ran(tab), cookie_names(tab), stored_in(tab)) == ([], [], [], NOTHING)


def test_placeholder_loads_its_embed_once(tab: Tab, own: OwnWebsite, outside: Outside) -> None:
    embed = f'<iframe title="A film" width="640" height="360" data-partner="youtube" data-src="{FILM}"></iframe>'
    visit(tab, own, embed)
    wait_until(tab, SHOWN, "embed")
    assert outside.sent == []
    tab.press("h3 + p + button")
    wait_until(tab, GONE, "embed")
    tab.wait_for_function("() => document.querySelector('iframe').src")
    wait_for_calm(tab)
    assert outside.sent == [FILM]
    assert (granted(tab), cookie_names(tab)) == (ALL_OFF, [])
    assert is_shown(tab, "banner")


def test_strict_policy_is_kept(tab: Tab, own: OwnWebsite, server: Server) -> None:
    headers = policy(server, "'nonce-n0nce' 'strict-dynamic'", img_src="http:", frame_src="http:")
    markup = gated("inline one", f'{VISITS} nonce="n0nce"') + gated("", VISITS, ONE)
    visit(tab, own, WAY_BACK + markup, nonce="n0nce", headers=headers)
    tab.press("#way")
    wait_until(tab, SHOWN, "preferences")
    tab.press('input[data-category="performance"]')
    tab.press('[data-sayso-action="save"]')
    tab.wait_for_function("() => window.ran && ran.length == 2")
    wait_for_record(tab)
    # What was kept from happening is told when the tab is put away.
    assert ran(tab) == ["inline one", "tags.example/one.js"]


def test_arabic_reads_from_right_to_left(tab: Tab, website: str) -> None:
    tab.goto(f"{website}/demo/gallery/banner/card/ar/{FIRST_WEBSITE}/")
    wait_until(tab, SHOWN, "banner")
    direction, refuse, accept = tab.evaluate(
        """() => {
            const left = (name) => document.querySelector(`[data-sayso-action=${name}]`).getBoundingClientRect().left;
            const banner = document.querySelector("[data-sayso-layer=banner]");
            return [getComputedStyle(banner).direction, left("reject-all"), left("accept-all")];
        }"""
    )
    assert direction == "rtl"
    assert refuse > accept

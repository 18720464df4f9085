"""The JavaScript that a website's developers use: before, during and after loading, and what they hear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cookies.vocabulary import OPTIONAL_CATEGORIES
from tests.e2e.visitor import (
    ALL_OFF,
    ALL_ON,
    banner,
    centre,
    choice_of,
    count_events,
    events_of,
    granted,
    press,
    wait_for_api,
    wait_for_record,
)

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Request

    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server

NOBODY = {"google-analytics": False, "freshchat": False, "google-ads": False, "youtube": False}
EVERYBODY = dict.fromkeys(NOBODY, True)
EARLY = """<script>
window.heard = [];
(window.sayso = window.sayso || []).push(
    (sayso) => heard.push(["first", typeof sayso.get]),
    () => { throw new Error("a mistake of the page"); },
);
sayso.push((sayso) => {
    heard.push(["second", sayso.allows("performance")]);
    for (const name of ["ready", "change", "open", "close"])
        sayso.on(name, ({categories}) => heard.push([name, categories.performance]));
});
for (const name of ["ready", "change"])
    document.addEventListener("sayso:" + name, ({detail: {categories}}) =>
        heard.push(["event " + name, categories.performance]));
</script>"""


def gated_code(code: str) -> str:
    return f'<script type="text/plain" data-category="performance">{code}</script>'


def test_commands_work_before_and_after_loading(context: BrowserContext, own: OwnWebsite) -> None:
    # The page's own mistake is said in the console, and stops nobody else.
    page = context.new_page()
    own.open(page, head=EARLY + own.embed())
    wait_for_api(page)
    page.wait_for_function("() => heard.some(([name]) => name == 'ready')")
    heard = page.evaluate("() => heard")
    assert ["first", "function"] in heard
    assert ["second", False] in heard
    assert ["event ready", False] in heard
    later = page.evaluate(
        """() => {
            const later = [];
            sayso.push((api) => later.push(api === sayso));
            sayso.on("ready", (state) => later.push(state.source));
            sayso.on("change", (state) => later.push(state.categories.targeting));
            return later;
        }"""
    )
    assert later == [True, "undecided", False]


def test_page_hears_of_every_change(page: Page, own: OwnWebsite) -> None:
    own.open(page, head=EARLY.replace('() => { throw new Error("a mistake of the page"); },', "") + own.embed())
    banner(page).wait_for()
    page.evaluate("() => { heard.length = 0; }")
    press(page, "accept-all")
    page.wait_for_function("() => heard.length > 1")
    assert page.evaluate("() => heard") == [["event change", True], ["change", True]]
    page.evaluate("() => { heard.length = 0; sayso.open(); }")
    centre(page).get_by_role("heading", name="Cookie preferences").wait_for()
    press(page, "close")
    centre(page).wait_for(state="detached")
    assert page.evaluate("() => heard") == [["open", True], ["close", True]]
    wait_for_record(page)


def test_state_before_an_answer(page: Page, own: OwnWebsite) -> None:
    own.open(page)
    wait_for_api(page)
    assert page.evaluate("() => sayso.get()") == {
        "categories": ALL_OFF,
        "partners": NOBODY,
        "decided_at": None,
        "version": None,
        "source": "undecided",
        "signals": {"dnt": False, "gpc": False},
        "regime": "eu",
    }


def test_state_after_an_answer(page: Page, context: BrowserContext, own: OwnWebsite) -> None:
    own.open(page)
    press(page, "accept-all")
    wait_for_record(page)
    choice = choice_of(context)
    assert page.evaluate("() => sayso.get()") == {
        "categories": ALL_ON,
        "partners": EVERYBODY,
        "decided_at": choice.decided_at,
        "version": choice.version,
        "source": "decided",
        "signals": {"dnt": False, "gpc": False},
        "regime": "eu",
    }
    # Who asks for an identifier gets none.
    assert choice.consent_id not in page.evaluate("() => JSON.stringify(sayso.get())")


def test_what_a_page_gets_is_a_copy(page: Page, own: OwnWebsite) -> None:
    own.open(page)
    wait_for_api(page)
    page.evaluate(
        """() => {
            sayso.get().categories.targeting = true;
            sayso.get().partners["google-ads"] = true;
            sayso.on("change", (state) => { state.categories.targeting = true; });
        }"""
    )
    assert granted(page) == ALL_OFF
    assert page.evaluate("() => sayso.allows('targeting', 'google-ads')") is False


@pytest.mark.parametrize(
    ("call", "action", "letters", "exceptions"),
    [
        ("sayso.acceptAll()", "accept_all", "pft", {}),
        ("sayso.rejectAll()", "reject_all", "", {}),
        ("sayso.withdraw()", "withdraw", "", {}),
        ("sayso.save({categories: {performance: true}})", "save", "p", {}),
        ("sayso.save({partners: {youtube: true}})", "save", "", {"youtube": True}),
        (
            "sayso.save({categories: {functional: true, targeting: true}, partners: {youtube: false}})",
            "save",
            "ft",
            {"youtube": False},
        ),
        ("sayso.save()", "save", "", {}),
        ("sayso.save({categories: {marketing: true, constructor: true}, partners: {nobody: true}})", "save", "", {}),
    ],
)
def test_programs_decide_and_the_record_says_that_they_did(
    call: str,
    action: str,
    letters: str,
    exceptions: dict[str, bool],
    page: Page,
    context: BrowserContext,
    own: OwnWebsite,
    server: Server,
) -> None:
    own.open(page)
    banner(page).wait_for()
    page.evaluate(f"() => {{ {call} }}")
    wait_for_record(page)
    choice = choice_of(context)
    assert "".join(name[0] for name, granted in choice.categories.items() if granted) == letters
    assert choice.partners == exceptions
    (event,) = events_of(server, choice.consent_id)
    assert (event["action"], event["surface"], event["trusted"]) == (action, "api", False)
    assert event["partners"] == exceptions
    assert banner(page).count() == 0


def test_save_changes_only_what_it_names(page: Page, context: BrowserContext, own: OwnWebsite) -> None:
    own.open(page)
    wait_for_api(page)
    page.evaluate("() => sayso.save({categories: {functional: true}, partners: {youtube: false}})")
    page.evaluate("() => sayso.save({categories: {performance: true}})")
    wait_for_record(page)
    choice = choice_of(context)
    assert choice.categories == {"performance": True, "functional": True, "targeting": False}
    assert choice.partners == {"youtube": False}


def test_allows_knows_partners_and_categories(page: Page, own: OwnWebsite) -> None:
    own.open(page)
    wait_for_api(page)
    page.evaluate("() => sayso.save({categories: {functional: true}, partners: {youtube: false}})")
    asked = [
        "'strictly_necessary'",
        "'functional'",
        "'functional', 'freshchat'",
        "'functional', 'youtube'",
        "'targeting', 'google-ads'",
        "'functional', 'nobody'",
        "'nothing'",
        "'toString'",
        "",
    ]
    answers = page.evaluate(f"() => [{', '.join(f'sayso.allows({names})' for names in asked)}]")
    assert answers == [True, True, True, False, False, False, False, False, False]
    wait_for_record(page)


def test_every_decision_reaches_the_data_layer_refusals_too(page: Page, own: OwnWebsite) -> None:
    own.open(page)
    banner(page).wait_for()
    entries = "() => (window.dataLayer || []).filter((entry) => entry.event == 'sayso_consent_update')"
    assert page.evaluate(entries) == []
    press(page, "reject-all")
    page.evaluate("() => sayso.save({categories: {performance: true}})")
    page.evaluate("() => sayso.rejectAll()")
    told = page.evaluate(entries)
    assert [entry["sayso"]["categories"]["performance"] for entry in told] == [False, True, False]
    assert told[1]["sayso"]["partners"] == {**NOBODY, "google-analytics": True}
    wait_for_record(page)


def test_opening_by_program_decides_nothing(page: Page, own: OwnWebsite, server: Server) -> None:
    before = count_events(server)
    own.open(page)
    wait_for_api(page)
    page.evaluate("() => sayso.open()")
    centre(page).get_by_role("heading", name="Cookie preferences").wait_for()
    page.evaluate("() => sayso.open()")
    assert centre(page).count() == 1
    assert count_events(server) == before


def test_listener_that_fails_stops_nobody(context: BrowserContext, own: OwnWebsite, server: Server) -> None:
    page = context.new_page()
    own.open(page)
    wait_for_api(page)
    page.evaluate("() => sayso.on('change', () => { throw new Error('a mistake of the page'); })")
    press(page, "reject-all")
    wait_for_record(page)
    assert not choice_of(context).grants_something
    assert len(events_of(server, choice_of(context).consent_id)) == 1


def test_answer_from_within_an_answer_counts_last_and_is_recorded_last(
    page: Page, context: BrowserContext, own: OwnWebsite
) -> None:
    """A tag, or a listener of the page, takes a part of the visitor's yes back while that yes is still at work."""
    sent: list[dict[str, Any]] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(request.post_data_json or {})

    page.on("request", note)
    own.open(page, gated_code("sayso.save({ categories: { targeting: false } })"))
    wait_for_api(page)
    page.evaluate(
        """() => sayso.on("change", ({ categories }) => {
            if (categories.functional) sayso.save({ categories: { functional: false } });
        })"""
    )
    press(page, "accept-all")
    wait_for_record(page)
    expected = ALL_OFF | {"performance": True}
    assert granted(page) == expected
    assert choice_of(context).categories == {code: expected[code] for code in OPTIONAL_CATEGORIES}
    # As they leave: which of them the server takes first is the network's affair.
    assert [
        (event["action"], [code for code, granted in event["categories"].items() if granted]) for event in sent
    ] == [
        ("accept_all", ["performance", "functional", "targeting"]),
        ("save", ["performance", "functional"]),
        ("save", ["performance"]),
    ]

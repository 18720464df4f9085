"""Accessibility, as far as a program can tell: what axe-core finds wrong by the rules of WCAG 2.2 A and AA (nothing), a
walk by keyboard alone, the accessibility tree as it was reviewed. docs/accessibility.md says what that leaves open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from consent.demo.gallery import LAYOUTS, STATES, colours
from consent.demo.hosts import FIRST_WEBSITE
from tests.e2e.visitor import banner, centre, press, wait_for_api, wait_for_calm, wait_for_record

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.conftest import NewContext
    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SNAPSHOTS = Path(__file__).parent / "snapshots"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PHONE = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 800}
LOOKS: dict[str, dict[str, Any]] = {
    "light desktop": {"color_scheme": "light", "viewport": DESKTOP},
    "dark desktop": {"color_scheme": "dark", "viewport": DESKTOP},
    "light phone": {"color_scheme": "light", "viewport": PHONE},
    "dark phone": {"color_scheme": "dark", "viewport": PHONE},
}


def faults(page: Page, rules: list[str] = RULES) -> list[str]:
    """Each fault with its place, as a sentence. `rules` are names or groups of axe's."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate(
        "(rules) => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", rules
    )
    return [
        f"{fault['id']} ({fault['impact']}): {node['target']} {node['failureSummary']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


def open_page(new_context: NewContext, look: str, address: str) -> Page:
    page = new_context(reduced_motion="reduce", **LOOKS[look]).new_page()
    page.goto(address)
    wait_for_calm(page)
    return page


@pytest.mark.parametrize("look", LOOKS)
def test_layers_have_no_faults(look: str, new_context: NewContext, website: str) -> None:
    page = open_page(new_context, look, website + "/demo/")
    banner(page).wait_for()
    # It is asked for as it comes near; on a wide screen it may stand there already.
    page.locator("iframe[data-src]").evaluate("(frame) => frame.scrollIntoView()")
    page.get_by_role("button", name="Load once").wait_for()
    assert faults(page) == []
    press(page, "preferences")
    centre(page).get_by_role("heading", name="Cookie preferences").wait_for()
    summaries = centre(page).locator("summary")
    for index in range(summaries.count()):
        summaries.nth(index).click()
    assert faults(page) == []
    press(page, "close")
    press(page, "reject-all")
    page.locator('[data-sayso-layer="confirmation"]').get_by_text("Saved.").wait_for()
    assert faults(page) == []
    wait_for_record(page)


@pytest.mark.parametrize("look", ["light desktop", "dark phone"])
def test_settings_button_has_no_faults(look: str, new_context: NewContext, website: str) -> None:
    page = open_page(new_context, look, website + "/demo/")
    # The demo has a door of its own; without it the snippet offers one.
    page.evaluate("() => document.querySelector('.doors').remove()")
    press(page, "reject-all")
    page.locator('[data-sayso-layer="confirmation"]').get_by_text("Saved.").wait_for()
    page.locator("h1").click()
    page.locator('[data-sayso-layer="settings"]').wait_for()
    assert faults(page) == []


@pytest.mark.parametrize("look", ["light desktop", "dark phone"])
@pytest.mark.parametrize(
    "path",
    [
        "/demo/about/",
        "/demo/cookies/",
        "/demo/strict/",
        "/p/numonix/",
        "/p/numonix/?language=de",
        "/p/numonix/cookies/",
        "/p/numonix/receipts/",
        "/p/nobody/",
        "/verify/?language=he",
        "/",
    ],
)
def test_pages_have_no_faults(path: str, look: str, new_context: NewContext, website: str) -> None:
    page = open_page(new_context, look, website + path)
    if path.startswith("/demo/"):
        wait_for_api(page)
        banner(page).wait_for()
    for index in range(page.locator("main summary").count()):
        page.locator("main summary").nth(index).click()
    assert page.locator("h1").count() == 1
    assert faults(page) == []


@pytest.mark.parametrize("key", ["cloudcall", "cloud9-technologies", "cloud9-infrastructure", "coso-cloud"])
def test_colours_of_every_demo_website_can_be_read(key: str, new_context: NewContext, server: Server) -> None:
    page = open_page(new_context, "light desktop", f"http://{key}.localhost:{server.port}/demo/")
    banner(page).wait_for()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert faults(page, ["color-contrast"]) == []


@pytest.mark.parametrize("look", ["light desktop", "dark phone"])
def test_record_has_no_faults(look: str, new_context: NewContext, website: str) -> None:
    page = open_page(new_context, look, website + "/demo/")
    press(page, "reject-all")
    wait_for_record(page)
    page.get_by_role("button", name="Cookie settings").click()
    with page.context.expect_page() as opened:
        centre(page).locator("summary", has_text="Your record").click()
        centre(page).get_by_role("link", name="Open it as a page").click()
    record = opened.value
    record.get_by_text("Rejected all").first.wait_for()
    assert faults(record) == []
    record.get_by_role("button", name="Erase my record").click()
    assert faults(record) == []


@pytest.mark.parametrize("look", ["light desktop", "dark phone"])
def test_question_after_a_visit_to_the_platform_has_no_faults(look: str, new_context: NewContext, website: str) -> None:
    page = open_page(new_context, look, website + "/demo/#sayso=p")
    page.locator('[data-sayso-layer="returned"]').wait_for()
    assert faults(page) == []


# --- Every state of the gallery --------------------------------------------------------------------

# What looks different in another layout, and what another direction turns round.
IN_EVERY_LAYOUT = ["banner", "long", "notice", "news", "confirmation"]
SETTLED = "() => new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)))"


def open_frame(
    page: Page, website: str, state: str, *, layout: str = "card", language: str = "en", look: str = FIRST_WEBSITE
) -> None:
    """A state of the gallery (consent/demo/gallery.py), once it is there."""
    back = "#sayso=p" if state == "returned" else ""
    page.goto(f"{website}/demo/gallery/{state}/{layout}/{language}/{look}/{back}")
    page.locator(STATES[state].shows).first.wait_for()
    wait_for_calm(page)
    page.evaluate(ALONE)


# axe does not know that what is behind a modal dialog can't be seen or reached. The snippet puts a layer back where the
# page has taken it out, a few times.
ALONE = """async () => {
    const centre = document.querySelector("[data-sayso-layer=preferences]");
    const behind = () => [...document.body.children].filter((element) => element != centre);
    while (centre && behind()[0]) {
        for (const element of behind()) element.remove();
        await new Promise(requestAnimationFrame);
    }
}"""


def faults_in(page: Page, *looks: str) -> dict[str, list[str]]:
    """By look; a look without faults is left out. A scheme changes nothing but colours: where a window was looked at in
    one, only the colours of the other are."""
    found, seen = {}, set()
    for look in looks:
        page.emulate_media(color_scheme=LOOKS[look]["color_scheme"], reduced_motion="reduce")
        page.set_viewport_size(LOOKS[look]["viewport"])
        page.evaluate(SETTLED)
        size = look.split()[1]
        found[look] = faults(page, ["color-contrast"] if size in seen else RULES)
        seen.add(size)
    return {look: sentences for look, sentences in found.items() if sentences}


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_no_faults_in_either_direction(state: str, page: Page, website: str) -> None:
    open_frame(page, website, state)
    assert faults_in(page, *LOOKS) == {}
    open_frame(page, website, state, language="ar")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert faults_in(page, "dark desktop", "light phone") == {}


@pytest.mark.parametrize("layout", [layout for layout in LAYOUTS if layout != "card"])
def test_every_layout_has_no_faults(layout: str, page: Page, website: str) -> None:
    for state in IN_EVERY_LAYOUT:
        open_frame(page, website, state, layout=layout)
        assert faults_in(page, "light desktop", "dark phone") == {}, state


@pytest.mark.parametrize("look", colours())
def test_every_look_can_be_read(look: str, page: Page, website: str) -> None:
    open_frame(page, website, "exceptions", look=look)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert faults(page, ["color-contrast"]) == []


def test_switches_and_focus_rings_can_be_seen_in_every_look(page: Page, website: str) -> None:
    """What axe does not look at: the contrast of what is no text (WCAG 2.2 1.4.11), where it is hardest to keep."""
    open_frame(page, website, "exceptions", look="sun")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        lines = centre(page).locator("dialog").evaluate(LINES)
        assert len(lines) == 5
        assert [line for line in lines if line["ratio"] < 3] == []


# The contrast with the paper of each switch's edge, and of the ring around what has the focus. A canvas knows colours.
LINES = """(dialog) => {
    const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const luminance = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((value) => value / 255)
            .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
    };
    const paper = luminance(getComputedStyle(dialog).backgroundColor);
    const line = (name, colour) => {
        const own = luminance(colour);
        return {name, colour, ratio: Math.max(own, paper) / Math.min(own, paper)};
    };
    const save = dialog.querySelector("[data-sayso-action=save]");
    save.focus({focusVisible: true});
    const edges = [...dialog.querySelectorAll("input[data-category] + i")];
    return [
        ...edges.map((edge) => line("edge", getComputedStyle(edge).borderTopColor)),
        line("dash", getComputedStyle(dialog.querySelector("input:indeterminate + i"), "::after").backgroundColor),
        line("ring", getComputedStyle(save).outlineColor),
    ];
}"""


def test_ring_around_the_answers_can_be_seen_in_every_look(page: Page, website: str) -> None:
    open_frame(page, website, "banner", look="sun")
    inks: list[tuple[Literal["light", "dark"], str]] = [("light", "rgb(17, 17, 34)"), ("dark", "rgb(238, 238, 255)")]
    for scheme, ink in inks:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        button = banner(page).locator("[data-sayso-action=reject-all]")
        button.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        # Ink on paper: the colour of every heading, whatever the brand.
        assert button.evaluate("(element) => getComputedStyle(element).outlineColor") == ink


@pytest.mark.parametrize("state", [state for state in STATES if state not in ("embeds", "declaration")])
def test_every_state_fits_at_400_per_cent(state: str, new_context: NewContext, website: str) -> None:
    """1280 pixels at 400 %: nothing is cut off to the side, and everything can be scrolled to (WCAG 2.2 1.4.10)."""
    page = new_context(viewport={"width": 320, "height": 256}).new_page()
    open_frame(page, website, state)
    assert page.evaluate("() => document.documentElement.scrollWidth") == 320
    buttons = page.locator("[data-sayso-action]:visible, [data-sayso=choices]")
    assert buttons.count() or state == "confirmation"
    for index in range(buttons.count()):
        button = buttons.nth(index)
        button.scroll_into_view_if_needed()
        box = button.bounding_box()
        assert box
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 320
        # A button of very long words is taller than what is left of the window: it begins in sight.
        assert -1 <= box["y"] <= box["y"] + min(box["height"], 200) <= 257


# --- By keyboard alone -----------------------------------------------------------------------------

# What has the focus, through shadow roots: what it does, or what it is.
FOCUSED = """() => {
    let element = document.activeElement;
    while (element.shadowRoot && element.shadowRoot.activeElement) element = element.shadowRoot.activeElement;
    const {saysoAction, category, partner, sayso} = element.dataset;
    if (element == document.body) return "browser";
    return saysoAction || category || partner || sayso || element.id || element.className || element.localName;
}"""
# Whether what has the focus is in the window, and on top at its middle (WCAG 2.2 2.4.11).
IN_SIGHT = """() => {
    let element = document.activeElement, root = document;
    while (element.shadowRoot && element.shadowRoot.activeElement) {
        root = element.shadowRoot;
        element = root.activeElement;
    }
    const {left, top, width, height} = element.getBoundingClientRect();
    const found = root.elementFromPoint(left + Math.min(width / 2, 200), top + height / 2);
    return !!found && (element.contains(found) || found.contains(element) || !!found.closest("label"));
}"""


def tab_to(page: Page, what: str, key: str = "Tab") -> list[str]:
    """Press Tab until this has the focus. Returns what had it on the way, in order; each of them was in sight."""
    way: list[str] = []
    for _ in range(80):
        page.keyboard.press(key)
        way.append(page.evaluate(FOCUSED))
        # From the ends of a dialog the focus goes on to the browser's own controls.
        assert way[-1] == "browser" or page.evaluate(IN_SIGHT), way
        if way[-1] == what:
            return way
    raise AssertionError(f"{what} was not reached: {way}")


@pytest.mark.parametrize("look", ["light desktop", "dark phone"])
def test_everything_is_done_by_keyboard_alone(look: str, new_context: NewContext, website: str) -> None:
    page = open_page(new_context, look, website + "/demo/")
    banner(page).wait_for()
    # The question comes first, in the order in which it is read.
    assert tab_to(page, "preferences") == ["a", "reject-all", "accept-all", "preferences"]
    page.keyboard.press("Enter")
    centre(page).get_by_role("heading", name="Cookie preferences").wait_for()
    assert page.evaluate(FOCUSED) == "title"
    # Leaving changes nothing, and the focus is where it was.
    page.keyboard.press("Escape")
    centre(page).wait_for(state="detached")
    assert page.evaluate(FOCUSED) == "preferences"
    page.keyboard.press("Space")
    centre(page).get_by_role("heading", name="Cookie preferences").wait_for()
    # Down to the second category: its switch, then what unfolds under it.
    assert tab_to(page, "functional") == ["close", "summary", "performance", "summary", "functional"]
    assert tab_to(page, "summary") == ["summary"]
    page.keyboard.press("Enter")
    tab_to(page, "youtube")
    page.keyboard.press("Space")
    assert centre(page).locator("input[data-partner=youtube]").is_checked()
    tab_to(page, "targeting")
    tab_to(page, "save")
    page.keyboard.press("Enter")
    page.locator('[data-sayso-layer="confirmation"]').get_by_text("Saved.").wait_for()
    wait_for_record(page)
    assert page.evaluate("() => window.sayso.get().partners.youtube")
    # The question is gone: the next step leads to where it stood, the beginning of the page.
    assert tab_to(page, "skip") == ["skip"]


def test_keyboard_comes_back_to_the_websites_own_link(page: Page, website: str) -> None:
    page.goto(website + "/demo/")
    press(page, "reject-all")
    wait_for_record(page)
    page.locator("[data-sayso=open]").focus()
    for key in ("Enter", "Space"):
        page.keyboard.press(key)
        centre(page).get_by_role("heading", name="Cookie preferences").wait_for()
        # Backwards from the title leads to the end of the dialog, never to the page behind it.
        assert tab_to(page, "save", "Shift+Tab") == ["browser", "save"]
        page.keyboard.press("Enter")
        centre(page).wait_for(state="detached")
        assert page.evaluate(FOCUSED) == "open"
        wait_for_record(page)


def test_what_gets_the_focus_without_a_key_stays_above_the_question(new_context: NewContext, own: OwnWebsite) -> None:
    """A screen reader, or the page itself, moves the focus where no key was pressed and nothing was scrolled."""
    page = new_context(**LOOKS["light phone"]).new_page()
    own.open(page, "".join(f'<p><a href="#" id="link-{number}">Link {number}</a></p>' for number in range(40)))
    banner(page).wait_for()
    page.wait_for_function("() => getComputedStyle(document.documentElement).scrollPaddingBottom != 'auto'")
    top = page.evaluate("() => document.querySelector('[data-sayso-layer=banner]').getBoundingClientRect().top")
    covered = page.evaluate(
        """(top) => [...document.links].find((link) => {
            const box = link.getBoundingClientRect();
            return link.id && box.top > top + 40 && box.bottom < innerHeight;
        }).id""",
        top,
    )
    page.evaluate("(id) => document.getElementById(id).focus()", covered)
    assert page.evaluate(FOCUSED) == covered
    page.wait_for_function("(top) => document.activeElement.getBoundingClientRect().bottom <= top", arg=top)
    assert page.evaluate(IN_SIGHT)


# --- The accessibility tree ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "part"),
    [
        ("banner", "[data-sayso-layer=banner]"),
        ("signal-gpc", "[data-sayso-layer=preferences]"),
        ("unfolded", "[data-sayso-layer=preferences] section:has(input[data-category=performance])"),
        ("sale-signal", "[data-sayso-layer=preferences] section.sale"),
        ("notice", "[data-sayso-layer=notice]"),
        ("changes", "[data-sayso-layer=changes]"),
        ("returned", "[data-sayso-layer=returned]"),
        ("confirmation", "[data-sayso-layer=confirmation]"),
        ("embeds", "[data-sayso-layer=embed]"),
        ("choices-button", "[data-sayso-layer=settings]"),
    ],
)
def test_accessibility_tree_is_as_reviewed(state: str, part: str, page: Page, website: str, platform: str) -> None:
    """To review a change: delete the file, run this once, and read what it wrote."""
    open_frame(page, website, state)
    tree = page.locator(part).first.aria_snapshot().replace(platform, "https://consent.example.com") + "\n"
    reviewed = SNAPSHOTS / f"{state}.yml"
    if not reviewed.exists():
        SNAPSHOTS.mkdir(exist_ok=True)
        reviewed.write_text(tree, encoding="utf-8")
        pytest.fail(f"Nobody has reviewed this tree yet. It was written to {reviewed.name}: read it, and keep it.")
    assert tree == reviewed.read_text(encoding="utf-8")


def test_axe_would_find_a_fault(new_context: NewContext, website: str) -> None:
    """The control: were the rules not run, every test above would pass."""
    page = open_page(new_context, "light desktop", website + "/demo/")
    banner(page).wait_for()
    page.evaluate("() => document.querySelector('h1').append(document.createElement('button'))")
    assert [fault for fault in faults(page) if fault.startswith("button-name")]

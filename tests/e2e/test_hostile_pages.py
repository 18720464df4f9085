"""Bad input: words that are markup, websites with very much on them, and pages that lie on top of us, shadow what the
snippet asks for, or have a wrong clock. What else a page can do to the line stands in test_embedding.py."""

from __future__ import annotations

import time
import urllib.request
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from consent import consent_cookie
from consent.demo.gallery import STATES
from consent.demo.hosts import FIRST_WEBSITE
from consent.limits import MOST_OF_A_BUTTON
from tests.e2e.pages import TAG, gated
from tests.e2e.server import COUNTRY_HEADER, REGION_HEADER
from tests.e2e.visitor import (
    ALL_OFF,
    ALL_ON,
    banner,
    centre,
    choice_of,
    events_of,
    granted,
    granted_partners,
    press,
    ran,
    wait_for_api,
    wait_for_calm,
    wait_for_record,
)

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Frame, Page

    from tests.e2e.conftest import NewContext
    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server
    from tests.e2e.third_parties import ThirdParties

PROMISED_SECONDS = 5
PARTNERS, COOKIES = 80, 600
# RFC 6265bis: browsers keep no cookie whose name and value are longer together.
MOST_OF_A_COOKIE = 4096
VISITS = 'data-category="performance"'
TAGS = gated("inline", VISITS) + gated("", VISITS, TAG.format("one"))
MARKUP = "</script><script>window.taken = 1</script><img src=x onerror='taken = 1'><b>"
EMOJI = "\U0001f36a\U0001f469\u200d\U0001f469\u200d\U0001f467 \u202eside"
WORD = "W" * 400
ATTACKER = "https://attacker.example/x/"
# Everything that a person may write anywhere, at once; a name has 120 characters at most.
TEXT, NAME = f"{MARKUP} {EMOJI} {WORD}", (MARKUP + EMOJI + WORD)[:117]
LONG = ("banner_title", "banner_text", "details_link", "preferences_title", "preferences_intro", "performance_title")
LONGER = ("performance_description", "confirmation", "cookie_name")
BUTTONS = ("reject_all", "accept_all", "choose", "save", "settings_button")
# A refusal that reads like another button is not published.
WORDS = {button: f"{number}".ljust(MOST_OF_A_BUTTON, "W") for number, button in enumerate(BUTTONS)}
TEXTS = dict.fromkeys(LONG + LONGER, TEXT) | WORDS
MAKE = f"""
from django.utils import timezone
from consent.services.publishing import draft_of, publish
from cookies.models import Cookie, Site
from cookies.services.catalogue import add_own_partner
from cookies.services.sites import create_site
from tests.facts import ANSWERABLE
NAME, TEXT = {NAME!r}, {TEXT!r}
if not Site.objects.filter(key="hostile").exists():
    site = create_site(key="hostile", name=NAME, domains=["http://127.0.0.1:*"], **ANSWERABLE)
    notice, _ = draft_of(site)
    # Past the forms, which refuse headings and links of that length.
    notice.texts = {{"en": {TEXTS!r}}}
    notice.save()
    rows = []
    for number in range({PARTNERS}):
        partner = add_own_partner(site=site, slug=f"partner-{{number:02}}-of-a-long-name",
            name=f"{{number:02}} {{NAME}}", legal_entity=NAME, category="performance",
            purpose={{"en": TEXT}}, purposes=["functionality"], privacy_notice_url="https://example.com/" + "n" * 400)
        rows += [Cookie(site=site, partner=partner, name=f"c{{number}}_{{i}}_" + "n" * 100, lifetime="2 year",
            party="third", domain="d" * 190 + ".example", purpose={{"en": "P" if i else TEXT}}) for i in range(7)]
    rows += [Cookie(site=site, own_category="performance", name=f"own_{{i}}", lifetime="session", purpose={{"en": "P"}})
        for i in range({COOKIES} - len(rows))]
    Cookie.objects.bulk_create(rows)
    publish(site=site, by="test", now=timezone.now())
"""


@pytest.fixture
def hostile(server: Server) -> str:
    """The key of a website with bad words, eighty partners and six hundred cookies."""
    server.shell(MAKE)
    latest = time.monotonic() + PROMISED_SECONDS
    while b'"version"' not in urllib.request.urlopen(f"{server.platform}/s/hostile.js", timeout=10).read():
        assert time.monotonic() < latest
        time.sleep(0.1)
    return "hostile"


# --- Words, and how many ----------------------------------------------------------------------------

# Of each button: whether all of it that fits can be seen, and whether it is what a click meets there.
OUT_OF_REACH = """(root) => [...root.querySelectorAll("[data-sayso-action]")].filter((button) => {
    button.scrollIntoView({block: "start"});
    const {left, right, top} = button.getBoundingClientRect();
    const met = root.getRootNode().elementFromPoint((left + right) / 2, top + 12);
    return left < 0 || right > innerWidth || top < 0 || top + 24 > innerHeight || met != button;
}).map((button) => button.dataset.saysoAction)"""


def test_words_stay_words_and_fit_on_a_phone_however_many(
    new_context: NewContext, own: OwnWebsite, server: Server, hostile: str, third_party: ThirdParties
) -> None:
    context = new_context(viewport={"width": 320, "height": 568})
    page, failed = context.new_page(), []
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.on("console", lambda message: failed.append(message.text))
    own.open(page, head=own.embed(key=hostile))
    banner(page).wait_for()
    assert banner(page).locator("h2").inner_text() == TEXT
    assert banner(page).locator("img, b, script").count() == 0
    assert page.evaluate("() => document.documentElement.scrollWidth") == 320
    assert banner(page).evaluate(OUT_OF_REACH) == []

    press(page, "preferences")
    dialog = centre(page).locator("dialog")
    dialog.wait_for()
    assert dialog.locator("input[data-partner]").count() == PARTNERS
    for details in dialog.locator("summary").all()[:2]:
        details.click()
    dialog.locator("tbody tr").nth(COOKIES + 1).wait_for()  # and our own two
    assert dialog.locator("h2").inner_text() == TEXT
    assert dialog.locator("img, script, b").count() == 1  # beside strictly necessary
    assert dialog.evaluate("(it) => [it.scrollWidth - it.clientWidth, document.documentElement.scrollWidth]") == [
        0,
        320,
    ]
    assert dialog.evaluate(OUT_OF_REACH) == []

    # The category stays on for the website's own cookies, and each partner but one is switched off alone.
    dialog.evaluate(
        """(it) => {
            it.querySelector("input[data-category=performance]").click();
            [...it.querySelectorAll("input[data-partner]")].slice(1).forEach((input) => input.click());
        }"""
    )
    press(page, "save")
    wait_for_record(page)
    choice = choice_of(context)
    assert choice.categories["performance"]
    assert list(choice.partners.values()) == [False] * (PARTNERS - 1)
    (cookie,) = context.cookies()
    assert len(cookie["name"] + cookie["value"]) < MOST_OF_A_COOKIE
    (event,) = events_of(server, choice.consent_id)
    assert event["partners"] == choice.partners
    page.reload()
    wait_for_api(page)
    assert sum(granted_partners(page).values()) == 1
    assert page.evaluate("() => window.taken") is None
    assert third_party.sent == []
    assert failed == []


# --- What the page says about everything -------------------------------------------------------------

HOSTILE_CSS = """
* { all: revert !important; font: 3px/3 fantasy !important; color: lime !important; opacity: .2 !important;
    --sayso-brand: #fff !important; --sayso-on-brand: #fff !important; --sayso-ink: #fff !important; }
html { font-size: 99px; line-height: 9; text-align: right; text-transform: uppercase; letter-spacing: 2em;
    direction: rtl; visibility: hidden; word-spacing: 3em; cursor: none; pointer-events: none; user-select: none; }
button, dialog, h2, a, div, p, section, input, label { display: none !important; position: static !important;
    width: 9px !important; transform: scale(.1) !important; filter: blur(9px) !important; float: left !important;
    clip-path: inset(9px) !important; background: red !important; animation: spin 9s infinite !important;
    transition: all 9s !important; }
dialog::backdrop { background: lime !important; }
h2::before, p::after, a::before { content: "Agree!" !important; }
@keyframes spin { to { opacity: 0; rotate: 1turn } }
"""
# What we say of our layers without insisting on it.
WEAK = """(layer) => {
    const weak = [];
    let count = 0;
    const look = (rules) => {
        for (const rule of rules) {
            look(rule.cssRules || []);
            for (const name of rule.style || []) {
                count++;
                if (rule.style.getPropertyPriority(name) != "important") weak.push(rule.cssText);
            }
        }
    };
    for (const sheet of document.querySelector(layer).shadowRoot.adoptedStyleSheets) look(sheet.cssRules);
    return [count > 50, weak];
}"""
LOOKS = """(root) => [root, ...root.querySelectorAll("*")].filter((it) => it.getClientRects()[0]).map((element) => {
    const {x, y, width, height} = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const names = ["color", "backgroundColor", "font", "opacity", "visibility", "display", "filter", "letterSpacing",
        "textTransform", "direction", "pointerEvents", "cursor", "userSelect", "animationName"];
    const generated = ["::before", "::after"].map((part) => getComputedStyle(element, part).content);
    return [element.localName, x, y, width, height, ...names.map((name) => style[name]), ...generated];
})"""


@pytest.mark.parametrize(
    ("state", "layout"),
    [
        ("banner", "card"),
        ("banner", "bar"),
        ("banner", "centre"),
        ("preferences", "card"),
        ("notice", "card"),
        ("settings", "card"),
        ("embeds", "card"),
    ],
)
def test_every_declaration_of_ours_outweighs_the_pages(state: str, layout: str, page: Page, website: str) -> None:
    page.goto(f"{website}/demo/gallery/{state}/{layout}/en/{FIRST_WEBSITE}/")
    page.locator(STATES[state].shows).first.wait_for()
    layer = STATES[state].shows.split()[0]
    assert page.evaluate(WEAK, layer) == [True, []]


def test_styles_of_the_page_change_nothing_of_question_and_preferences(page: Page, own: OwnWebsite) -> None:
    looks = []
    for css in ("", HOSTILE_CSS):
        own.open(page, head=f"<style>{css}</style>{own.embed()}")
        banner(page).wait_for()
        asked = banner(page).evaluate(LOOKS)
        press(page, "preferences")
        dialog = centre(page).locator("dialog")
        dialog.locator("summary").first.click()
        dialog.locator("td").first.wait_for()
        looks.append(asked + dialog.evaluate(LOOKS))
    assert len(looks[0]) > 40
    assert [pair for pair in zip(*looks, strict=True) if pair[0] != pair[1]] == []


ON_TOP = '<div style="position: fixed; inset: 0; z-index: 2147483647; background: #fffc">Subscribe!</div>'


def test_nothing_of_the_page_lies_over_the_answers(page: Page, own: OwnWebsite) -> None:
    """The highest layer there is; and a body that fixes to itself what is fixed, which ends far below the window."""
    own.open(
        page, ON_TOP + '<p style="height: 4000px">', head=own.embed() + "<style>body { transform: scale(1) }</style>"
    )
    banner(page).wait_for()
    wait_for_calm(page)
    met = banner(page).evaluate(
        """(layer) => [...layer.querySelectorAll("button")].map((button) => {
            const {x, y, width, height} = button.getBoundingClientRect();
            return [y + height <= innerHeight, document.elementFromPoint(x + width / 2, y + height / 2)?.localName];
        })"""
    )
    assert met == [[True, "button"]] * 3


def test_page_hears_of_no_error_where_raising_the_question_changes_its_size(
    new_context: NewContext, own: OwnWebsite
) -> None:
    """In a transformed body it is as wide as the body, and above the page as wide as the window."""
    page = new_context(viewport={"width": 390, "height": 800}).new_page()
    page.add_init_script("window.heard = []; addEventListener('error', ({message}) => heard.push(message));")
    narrow = "<style>body { transform: translateX(10px); width: 300px; height: 3000px }</style>"
    own.open(page, head=own.embed() + narrow)
    page.locator('[data-sayso-layer="banner"]:popover-open').wait_for()
    assert page.evaluate("() => document.querySelector('[data-sayso-layer]').offsetWidth") == 390
    page.wait_for_function("() => getComputedStyle(document.documentElement).scrollPaddingBottom != 'auto'")
    assert page.evaluate("() => heard") == []


# --- What the page is --------------------------------------------------------------------------------

FEATURES = (
    "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), clipboard-read=(), clipboard-write=(), bluetooth=(),"
    " cross-origin-isolated=(), encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), idle-detection=(),"
    " local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), storage-access=(),"
    " publickey-credentials-get=(), screen-wake-lock=(), serial=(), sync-xhr=(), unload=(), usb=(), web-share=(),"
    " window-management=(), xr-spatial-tracking=(), display-capture=()"
)
# Of content policies and of permissions.
VIOLATIONS = """window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
    violations.push(event.effectiveDirective + " " + event.blockedURI));
new ReportingObserver((reports) => violations.push(...reports.map(({type, body}) => type + " " + body?.message)))
    .observe();"""


def test_bare_page_under_the_strictest_policies(page: Page, context: BrowserContext, own: OwnWebsite) -> None:
    """No doctype, another base, our global name taken, no features, and a policy that allows our origin only."""
    context.add_init_script(VIOLATIONS)
    policy = f"default-src 'none'; script-src {own.platform}; connect-src {own.platform}"
    own.put(
        "/",
        f'<base href="https://elsewhere.example/deep/">{own.embed()}<form id="sayso" name="sayso"></form>'
        '<a href="#" data-sayso="open">Cookies</a><div data-sayso="declaration"></div>',
        headers={
            "Content-Security-Policy": policy,
            "Permissions-Policy": FEATURES,
        },
    )
    page.goto(own.address())
    banner(page).wait_for()
    assert page.evaluate("() => document.compatMode") == "BackCompat"
    page.get_by_role("heading", name="Signals from your browser").wait_for()
    button = banner(page).locator('[data-sayso-action="reject-all"]')
    box, brand = button.bounding_box(), button.evaluate("(it) => getComputedStyle(it).backgroundColor")
    assert box
    assert box["height"] >= 44
    assert brand not in ("rgba(0, 0, 0, 0)", "rgb(239, 239, 239)")
    press(page, "preferences")
    centre(page).locator('input[data-category="functional"]').check()
    assert centre(page).locator("dialog").evaluate("(it) => getComputedStyle(it).borderRadius") != "0px"
    press(page, "save")
    wait_for_record(page)
    assert choice_of(context).categories["functional"]
    page.get_by_role("link", name="Cookies").click()
    centre(page).get_by_role("heading", name="Cookie preferences").wait_for()
    assert granted(page) == {**ALL_OFF, "functional": True}
    assert page.evaluate("() => violations") == []


def test_frame_asks_for_itself_and_a_sandboxed_one_for_its_view(
    context: BrowserContext, own: OwnWebsite, server: Server, third_party: ThirdParties
) -> None:
    page, failed = context.new_page(), []
    page.on("pageerror", lambda error: failed.append(str(error)))
    own.put("/framed", f'<!doctype html><html lang="en">{own.embed()}<body>{TAGS}')
    frames = {
        "same": f'src="{own.address("/framed")}"',
        "foreign": f'src="{own.address("/framed", "localhost")}"',
        "sandboxed": f'src="{own.address("/framed")}" sandbox="allow-scripts"',
    }
    own.open(
        page,
        "".join(f'<iframe name="{name}" width="600" height="500" {text}></iframe>' for name, text in frames.items()),
        head="",
    )
    for name in ("sandboxed", "foreign", "same"):
        frame: Frame = page.frame(name)  # type: ignore[assignment]
        frame.locator('[data-sayso-layer="banner"]').wait_for()
        assert frame.evaluate("() => window.ran || []") == [], name
        page.locator(f"iframe[name={name}]").scroll_into_view_if_needed()
        frame.locator('[data-sayso-action="accept-all"]').click()
        frame.wait_for_function("() => window.ran && ran.length >= 2")
        assert frame.evaluate("() => window.sayso.get().categories") == ALL_ON
        frame.locator('[data-sayso-layer="banner"]').wait_for(state="detached")
    # Only the frame of the page's own website has left something, and none has left it for another.
    assert choice_of(context).grants_something
    assert len({cookie["domain"] for cookie in context.cookies()}) == 1
    assert failed == []


# --- What stands in the place of what we ask for ---------------------------------------------------------

# HTML lets an element answer in the place of what a document has. Where we can't do without it, nothing must run.
MET, FATAL = (
    "currentScript head documentElement readyState addEventListener activeElement location",
    "cookie body",
)


def named(names: str) -> str:
    return "".join(f'<img name="{name}" src="{ATTACKER}dot.gif" alt="">' for name in names.split())


def test_elements_named_like_what_we_ask_for_lead_nowhere_else(
    page: Page, context: BrowserContext, own: OwnWebsite, server: Server, third_party: ThirdParties
) -> None:
    own.open(page, TAGS, head=named(MET) + own.embed())
    press(page, "preferences")
    centre(page).locator('input[data-category="performance"]').check()
    press(page, "save")
    page.wait_for_function("() => window.ran && ran.length >= 2")
    wait_for_record(page)
    assert len(events_of(server, choice_of(context).consent_id)) == 1
    assert {sent.url for sent in third_party.sent} == {ATTACKER + "dot.gif", TAG.format("one")}


def test_page_that_shadows_what_we_can_not_do_without_runs_nothing(
    context: BrowserContext, own: OwnWebsite, third_party: ThirdParties
) -> None:
    page, failed = context.new_page(), []
    page.on("pageerror", lambda error: failed.append(str(error)))
    for name in FATAL.split():
        own.open(page, TAGS, head=named(name) + own.embed(""))
        wait_for_calm(page)
        assert ran(page) == [], name
    assert {sent.url for sent in third_party.sent} == {ATTACKER + "dot.gif"}
    assert failed == []


# --- Lines of two websites, and a wrong clock ---------------------------------------------------------


def test_line_of_another_website_does_nothing_and_says_so(
    new_context: NewContext, own: OwnWebsite, server: Server, third_party: ThirdParties
) -> None:
    # Where the visitor is, the other website would run everything until it is refused.
    context = new_context(extra_http_headers={COUNTRY_HEADER: "US", REGION_HEADER: "CA"})
    page, said, asked = context.new_page(), [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    own.open(page, TAGS, head=own.embed("", "numonix") + own.embed("", "coso-cloud"))
    banner(page).wait_for()
    page.wait_for_load_state("networkidle")
    assert (ran(page), third_party.sent) == ([], [])
    assert banner(page).count() == 1
    assert [address for address in asked if "/sites/coso-cloud/" in address] == []
    press(page, "accept-all")
    page.wait_for_function("() => window.ran && ran.length >= 2")
    wait_for_record(page)
    assert ran(page) == ["inline", "tags.example/one.js"]
    assert "youtube" in granted_partners(page)
    assert len(events_of(server, choice_of(context).consent_id)) == 1
    assert len([text for text in said if text.startswith("sayso: ")]) == 1


@pytest.mark.parametrize("year", [1970, 2100])
def test_wrong_clock_keeps_an_answer_only_until_it_is_set_right(
    year: int, page: Page, context: BrowserContext, own: OwnWebsite, server: Server
) -> None:
    moment = datetime(year, 1, 1, tzinfo=UTC)
    page.clock.set_fixed_time(moment)
    own.open(page, TAGS)
    press(page, "accept-all")
    page.wait_for_function("() => window.ran && ran.length >= 2")
    wait_for_record(page)
    # The first second of 1970 is one digit of the cookie.
    choice = consent_cookie.parse(context.cookies()[0]["value"])
    assert choice
    assert choice.decided_at == moment.timestamp()
    (event,) = events_of(server, choice.consent_id)
    assert event["client_time"].startswith(str(year))
    # When it was received, the server knows better.
    assert event["received_at"].startswith(f"{datetime.now(UTC):%Y-%m-}")
    page.reload()
    wait_for_api(page)
    assert granted(page) == ALL_ON
    assert banner(page).count() == 0
    page.evaluate("() => window.sayso.open()")
    centre(page).get_by_text(f"January 1, {year}").wait_for()
    page.clock.set_fixed_time(datetime.now(UTC))
    page.reload()
    banner(page).wait_for()
    assert granted(page) == ALL_OFF

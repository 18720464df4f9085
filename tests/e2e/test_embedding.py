"""The one line works however and wherever it is pasted: under strict policies, without storage, on hostile pages."""

from __future__ import annotations

import base64
import hashlib
import time
import urllib.request
import uuid
from typing import TYPE_CHECKING

import pytest

from tests.e2e.pages import FRAME, TAG, gated, inline
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
    ran,
    wait_for_api,
    wait_for_calm,
    wait_for_record,
)

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server
    from tests.e2e.third_parties import ThirdParties

VISITS = 'data-category="performance"'
TAGS = gated("inline", VISITS) + gated("", VISITS, TAG.format("one"))
BOTH = ["inline", "tags.example/one.js"]
VIOLATIONS = """window.violations = [];
document.addEventListener("securitypolicyviolation", ({effectiveDirective, blockedURI}) =>
    violations.push(`${effectiveDirective} ${blockedURI}`));
"""


def violations(page: Page) -> list[str]:
    found: list[str] = page.evaluate("() => window.violations")
    return found


# --- Ways to paste it ------------------------------------------------------------------------------


WAYS = {
    "async in the head": ("{async}", ""),
    "deferred in the head": ("{defer}", ""),
    "blocking in the head": ("{plain}", ""),
    "at the end of the body": ("", "{plain}"),
    "twice": ("{async}", "{plain}"),
    "twice in the head": ("{plain}{plain}", ""),
    "added by a script": (
        "",
        "<script>document.head.append(Object.assign(document.createElement('script'), {src: '{address}'}))</script>",
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_line_works_however_it_is_pasted(
    way: str, page: Page, context: BrowserContext, own: OwnWebsite, server: Server, third_party: ThirdParties
) -> None:
    def pasted(template: str) -> str:
        template = template.replace("{address}", f"{server.platform}/s/numonix.js")
        for name, attributes in (("{async}", "async"), ("{defer}", "defer"), ("{plain}", "")):
            template = template.replace(name, own.embed(attributes))
        return template

    head, body = WAYS[way]
    own.open(page, TAGS + pasted(body), head=pasted(head))
    banner(page).wait_for()
    wait_for_calm(page)
    assert banner(page).count() == 1
    assert (ran(page), third_party.sent) == ([], [])
    press(page, "accept-all")
    page.wait_for_function("() => window.ran && ran.length >= 2")
    wait_for_record(page)
    wait_for_calm(page)
    assert ran(page) == BOTH
    assert len(events_of(server, choice_of(context).consent_id)) == 1


def test_other_language_is_another_file(page: Page, own: OwnWebsite, server: Server) -> None:
    own.open(page, head=f'<script async src="{server.platform}/s/numonix.de.js"></script>')
    assert "Alle ablehnen" in banner(page).inner_text() or banner(page).get_attribute("lang") == "de"


def test_pinned_file_works_with_subresource_integrity(
    page: Page, context: BrowserContext, own: OwnWebsite, server: Server
) -> None:
    with urllib.request.urlopen(f"{server.platform}/s/numonix.js", timeout=10) as answer:
        digest = hashlib.sha256(answer.read())
    integrity = f"sha256-{base64.b64encode(digest.digest()).decode()}"
    address = f"{server.platform}/s/numonix.{digest.hexdigest()}.js"
    own.open(page, head=f'<script async src="{address}" integrity="{integrity}" crossorigin></script>')
    press(page, "preferences")
    centre(page).locator('input[data-category="functional"]').check()
    press(page, "save")
    wait_for_record(page)
    assert choice_of(context).categories["functional"]


def test_unknown_website_breaks_nothing_and_says_so(page: Page, own: OwnWebsite) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    own.open(page, TAGS, head=own.embed(key="nobody"))
    wait_for_calm(page)
    assert ran(page) == []
    # Chromium does not run a script that was answered with 404; its own line in the console names the address.
    assert said


# --- Policies of the page --------------------------------------------------------------------------


def policy(server: Server, scripts: str, **others: str) -> dict[str, str]:
    directives = {
        "default-src": "'none'",
        "script-src": scripts,
        "style-src": "'self'",
        "img-src": "https:",
        "frame-src": "https:",
        "connect-src": server.platform,
        "base-uri": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "sayso",
        **{name.replace("_", "-"): value for name, value in others.items()},
    }
    return {"Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in directives.items())}


@pytest.mark.parametrize("scripts", ["'nonce-n0nce' 'strict-dynamic'", "'nonce-n0nce'", "'nonce-n0nce' {platform}"])
def test_strict_policy_is_kept_without_a_violation(
    scripts: str, page: Page, context: BrowserContext, own: OwnWebsite, server: Server, third_party: ThirdParties
) -> None:
    context.add_init_script(VIOLATIONS)
    nonce = ' nonce="n0nce"'
    markup = (
        gated("inline", VISITS + nonce)
        + gated("", VISITS, TAG.format("one"))
        + f'<template {VISITS}><script src="{TAG.format("two")}"></script>'
        + f"<script>{inline('in template')}</script></template>"
        + f'<iframe title="A film" data-partner="youtube" data-src="{FRAME.format("one")}"></iframe>'
        + '<div data-sayso="declaration"></div>'
    )
    own.open(
        page,
        markup,
        head=own.embed(f"async{nonce}"),
        headers=policy(server, scripts.replace("{platform}", server.platform)),
    )
    banner(page).wait_for()
    page.get_by_role("button", name="Load once").wait_for()
    page.get_by_role("heading", name="Signals from your browser").wait_for()
    press(page, "preferences")
    centre(page).get_by_role("heading", name="Cookie preferences").wait_for()
    press(page, "close")
    press(page, "accept-all")
    page.wait_for_function("() => window.ran && ran.length >= 4")
    page.frame_locator("iframe").get_by_text("Stand-in").wait_for()
    wait_for_record(page)
    wait_for_calm(page)
    assert ran(page) == ["inline", "tags.example/one.js", "tags.example/two.js", "in template"]
    assert violations(page) == []
    # Styled all the same: no inline style, no style element.
    assert page.locator("style, [style]").count() == 0


@pytest.mark.parametrize("directive", ["trusted-types other", "trusted-types 'none'"])
def test_page_that_refuses_our_trusted_types_keeps_its_scripts_off(
    directive: str, context: BrowserContext, own: OwnWebsite, server: Server, third_party: ThirdParties
) -> None:
    page, said, thrown = context.new_page(), [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: thrown.append(str(error)))
    name, value = directive.split(" ", 1)
    headers = policy(server, "'nonce-n0nce' 'strict-dynamic'", **{name: value})
    own.open(page, TAGS, head=own.embed('async nonce="n0nce"'), headers=headers)
    press(page, "accept-all")
    wait_for_record(page)
    wait_for_calm(page)
    assert (ran(page), third_party.sent, thrown) == ([], [], [])
    assert granted(page) == ALL_ON
    (told,) = (text for text in said if text.startswith("sayso: "))
    assert "TrustedType" in told
    assert '"sayso"' in told
    assert [event["action"] for event in events_of(server, choice_of(context).consent_id)] == ["accept_all"]


def test_page_that_refuses_our_trusted_types_is_sent_to_the_hosted_preferences(
    context: BrowserContext, own: OwnWebsite, server: Server
) -> None:
    page = context.new_page()
    headers = policy(server, "'nonce-n0nce' 'strict-dynamic'", trusted_types="other")
    own.open(page, head=own.embed('async nonce="n0nce"'), headers=headers)
    press(page, "preferences")
    page.wait_for_url(f"{server.platform}/p/numonix/?return=*")
    page.get_by_role("button", name="Save and go back to Numonix").wait_for()


# --- Without cookies and storage -----------------------------------------------------------------


NO_COOKIES = """Object.defineProperty(Document.prototype, "cookie", {
    get() { throw new DOMException("denied", "SecurityError"); },
    set() { throw new DOMException("denied", "SecurityError"); },
});"""
DEAF_COOKIES = 'Object.defineProperty(Document.prototype, "cookie", {get: () => "", set() {}});'
NO_STORAGE = """for (const name of ["localStorage", "sessionStorage", "indexedDB"])
    Object.defineProperty(window, name, {get() { throw new DOMException("denied", "SecurityError"); }});"""


@pytest.mark.parametrize("blocked", [NO_COOKIES, DEAF_COOKIES, NO_STORAGE, NO_COOKIES + NO_STORAGE])
def test_answer_holds_for_the_page_where_the_browser_keeps_nothing(
    blocked: str, context: BrowserContext, own: OwnWebsite, server: Server
) -> None:
    context.add_init_script(blocked)
    page, thrown, before = context.new_page(), [], count_events(server)
    page.on("pageerror", lambda error: thrown.append(str(error)))
    own.open(page, TAGS)
    with page.expect_response("**/events") as recorded:
        press(page, "accept-all")
    assert recorded.value.status == 201
    page.wait_for_function("() => window.ran && ran.length >= 2")
    # Coming back to the tab reads everything afresh.
    page.evaluate("() => dispatchEvent(new Event('pageshow'))")
    assert granted(page) == ALL_ON
    assert banner(page).count() == 0
    # A second answer on the same page counts too.
    with page.expect_response("**/events"), page.expect_event("domcontentloaded"):
        page.evaluate("() => window.sayso.withdraw()")
    wait_for_api(page)
    assert count_events(server) == before + 2
    assert thrown == []


def test_sandboxed_page_works_and_nothing_runs_before_a_yes(
    context: BrowserContext, own: OwnWebsite, third_party: ThirdParties
) -> None:
    # An opaque origin: cookies and storage throw, and the record refuses what comes from nowhere.
    page, thrown = context.new_page(), []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    own.open(page, TAGS, headers={"Content-Security-Policy": "sandbox allow-scripts"})
    banner(page).wait_for()
    wait_for_calm(page)
    assert (ran(page), third_party.sent) == ([], [])
    press(page, "accept-all")
    page.wait_for_function("() => window.ran && ran.length >= 2")
    assert thrown == []


# --- Cookies that are not what they seem -----------------------------------------------------------


def base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits


def cookie_value(server: Server, *, letters: str, age: int = 0, version: str = "", exceptions: str = "") -> str:
    """A consent cookie as the contract writes it, of the live version unless another is named."""
    (live,) = server.rows(
        "SELECT version.digest FROM consent_publication AS publication"
        " JOIN consent_noticeversion AS version ON version.id = publication.version_id"
        " JOIN cookies_site AS site ON site.id = publication.site_id"
        " WHERE site.key = 'numonix' ORDER BY publication.id DESC LIMIT 1"
    )
    packed = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    fields = ["1", version or live["digest"][:12], base36(int(time.time()) - age), letters, packed, "eu~"]
    return ".".join([*fields, exceptions] if exceptions else fields)


def put_cookie(context: BrowserContext, own: OwnWebsite, value: str, path: str = "/") -> None:
    context.add_cookies([{"name": "sayso", "value": value, "domain": "127.0.0.1", "path": path}])


@pytest.mark.parametrize(
    "value",
    [
        "",
        "1",
        "true",
        "accepted",
        "1.x.y.pft",
        "%00",
        '{"performance":true}',
        "a" * 3000,
        "2.{good}",
        "{good}.",
        "{good}.*",
    ],
)
def test_cookie_that_is_not_ours_counts_for_nothing(
    value: str, page: Page, context: BrowserContext, own: OwnWebsite, server: Server, third_party: ThirdParties
) -> None:
    good = cookie_value(server, letters="pft")
    put_cookie(context, own, value.replace("2.{good}", "2" + good[1:]).replace("{good}", good))
    own.open(page, TAGS)
    banner(page).wait_for()
    wait_for_calm(page)
    assert (ran(page), third_party.sent) == ([], [])
    press(page, "reject-all")
    wait_for_record(page)
    assert not choice_of(context).grants_something


def test_stored_choice_of_the_contract_is_understood(
    page: Page, context: BrowserContext, own: OwnWebsite, server: Server
) -> None:
    """The control of the tests above and below: this cookie is good."""
    put_cookie(context, own, cookie_value(server, letters="p", exceptions="*youtube~!google-analytics"))
    own.open(page, TAGS)
    page.wait_for_function("() => window.ran && ran.length >= 2")
    assert granted(page) == {**ALL_OFF, "performance": True}
    assert page.evaluate("() => window.sayso.get().partners") == {
        "google-analytics": False,
        "freshchat": False,
        "google-ads": False,
        "youtube": True,
    }
    assert banner(page).count() == 0


@pytest.mark.parametrize(
    ("age", "version"), [(0, "f" * 12), (-90_000, ""), (181 * 86_400, "")], ids=["unknown version", "future", "too old"]
)
def test_cookie_that_can_not_be_true_grants_no_partner_and_asks(
    age: int,
    version: str,
    page: Page,
    context: BrowserContext,
    own: OwnWebsite,
    server: Server,
    third_party: ThirdParties,
) -> None:
    put_cookie(context, own, cookie_value(server, letters="pft", age=age, version=version))
    own.open(page, gated("", 'data-partner="google-analytics"', TAG.format("one")))
    page.locator('[data-sayso-layer="changes"]' if version else '[data-sayso-layer="banner"]').wait_for()
    wait_for_calm(page)
    assert (ran(page), third_party.sent) == ([], [])
    assert not any(page.evaluate("() => Object.values(window.sayso.get().partners)"))


@pytest.mark.parametrize("newest", ["/", "/deep", "/deep/er"])
def test_of_two_cookies_the_newest_wins_and_the_other_goes(
    newest: str, page: Page, context: BrowserContext, own: OwnWebsite, server: Server
) -> None:
    for path in ("/", "/deep", "/deep/er"):
        is_newest = path == newest
        put_cookie(
            context, own, cookie_value(server, letters="p" if is_newest else "ft", age=10 if is_newest else 9000), path
        )
    own.open(page, TAGS, path="/deep/er/page")
    wait_for_api(page)
    assert granted(page) == {**ALL_OFF, "performance": True}
    assert choice_of(context).categories == {"performance": True, "functional": False, "targeting": False}
    (cookie,) = (cookie for cookie in context.cookies() if cookie["name"] == "sayso")
    assert cookie["path"] == "/"
    # And it stays so elsewhere on the website.
    own.open(page, TAGS, path="/other")
    wait_for_api(page)
    assert granted(page) == {**ALL_OFF, "performance": True}


# --- Hostile pages -----------------------------------------------------------------------------------


FROZEN = """
for (const kind of [Object, Array, Function, String, Element, Node, EventTarget, Promise])
    Object.freeze(kind.prototype);
"""
POLLUTED = """
for (const name of ["performance", "targeting", "google-analytics", "value", "get", "extend"])
    Object.prototype[name] = Object.prototype[name] || true;
Array.prototype.last = function () { return this[this.length - 1]; };
"""


@pytest.mark.parametrize("doing", [FROZEN, POLLUTED], ids=["frozen", "polluted"])
def test_prototypes_of_the_page_do_not_decide(
    doing: str, page: Page, context: BrowserContext, own: OwnWebsite, server: Server, third_party: ThirdParties
) -> None:
    own.open(page, TAGS, head=f"<script>{doing}</script>{own.embed()}")
    banner(page).wait_for()
    wait_for_calm(page)
    assert (ran(page), third_party.sent) == ([], [])
    assert granted(page) == ALL_OFF
    press(page, "accept-all")
    page.wait_for_function("() => window.ran && ran.length >= 2")
    wait_for_record(page)
    assert ran(page) == BOTH
    assert len(events_of(server, choice_of(context).consent_id)) == 1
    page.evaluate("() => window.sayso.open()")
    centre(page).get_by_role("heading", name="Cookie preferences").wait_for()
    with page.expect_event("domcontentloaded"):
        centre(page).locator('[data-sayso-action="reject-all"]').click()
    wait_for_api(page)
    assert granted(page) == ALL_OFF


# A page can hide itself as a whole; what it says about everything inside must not reach the question.
HOSTILE_STYLES = {
    "revert": "* { all: revert !important } button { display: none !important }",
    "hidden": "div, h2, p, button { display: none !important; visibility: hidden !important; opacity: 0 !important }",
    "by hook": "[data-sayso-layer] { display: none !important } [data-sayso-action] { margin: -999px !important }",
    "shrunk": "body * { font-size: 0 !important; width: 0 !important; height: 0 !important; transform: scale(0) }",
    "unclickable": "body * { pointer-events: none !important; color: #0000 !important; clip-path: inset(9px) }",
    "faded": "[data-sayso-action=reject-all] { opacity: .1 !important; font-size: 6px !important; color: #ddd }",
    "pseudo": "button::before { content: 'No, really: '; font-size: 40px !important } button::after { content: '!' }",
}


@pytest.mark.parametrize("style", HOSTILE_STYLES)
def test_styles_of_the_page_change_neither_answer(
    style: str, page: Page, context: BrowserContext, own: OwnWebsite
) -> None:
    boxes = []
    for css in ("", HOSTILE_STYLES[style]):
        own.open(page, head=f"<style>{css}</style>{own.embed()}")
        banner(page).wait_for()
        boxes.append(
            page.evaluate(
                """() => ["reject-all", "accept-all", "preferences"].map((name) => {
                    const button = document.querySelector(`[data-sayso-action="${name}"]`);
                    const {x, y, width, height} = button.getBoundingClientRect();
                    const style = getComputedStyle(button);
                    return [x, y, width, height, style.color, style.backgroundColor, style.fontSize, style.opacity,
                        style.visibility, getComputedStyle(button, "::before").content];
                })"""
            )
        )
    assert boxes[0] == boxes[1]
    # Playwright clicks only what can be seen and is not covered.
    press(page, "reject-all")
    wait_for_record(page)
    assert not choice_of(context).grants_something


def test_styles_of_the_page_do_not_reach_the_preferences(page: Page, context: BrowserContext, own: OwnWebsite) -> None:
    css = " ".join(HOSTILE_STYLES[name] for name in ("revert", "by hook", "unclickable"))
    own.open(page, head=f"<style>{css}</style>{own.embed()}")
    press(page, "preferences")
    centre(page).locator('input[data-category="functional"]').check()
    press(page, "save")
    wait_for_record(page)
    assert choice_of(context).categories["functional"]


def test_question_survives_a_page_that_exchanges_its_body(page: Page, context: BrowserContext, own: OwnWebsite) -> None:
    own.open(page)
    banner(page).wait_for()
    page.evaluate("() => { document.body = document.createElement('body'); document.body.textContent = 'New'; }")
    banner(page).wait_for()
    page.evaluate("() => { document.body.innerHTML = 'Newer'; }")
    press(page, "reject-all")
    wait_for_record(page)
    assert not choice_of(context).grants_something


def test_focus_never_hides_behind_the_question(context: BrowserContext, own: OwnWebsite) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 400, "height": 600})
    links = "".join(f'<p style="height:60px"><a href="#{n}">Link {n}</a></p>' for n in range(30))
    own.open(page, f"<main>{links}</main>")
    banner(page).wait_for()
    seen: set[str] = set()
    while "Link 29" not in seen and len(seen) < 40:
        page.keyboard.press("Tab")
        name, is_free = page.evaluate(
            """() => {
                const {bottom, top} = document.activeElement.getBoundingClientRect();
                const layer = document.querySelector("[data-sayso-layer=banner]");
                const free = bottom <= layer.getBoundingClientRect().top && top >= 0;
                return [document.activeElement.textContent, layer.contains(document.activeElement) || free];
            }"""
        )
        assert is_free, name
        seen.add(name)
    assert len(seen) >= 30

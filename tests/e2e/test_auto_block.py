"""A website that chose automatic blocking: nothing reaches a partner's host before that partner may, without a mark in
the markup; once it may, everything comes once and in order. Hosts of nobody are left alone, and named in a preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from consent.admin.install import NOTHING_AHEAD
from tests.e2e.pages import inline
from tests.e2e.visitor import banner, press, ran, wait_for_api, wait_for_calm, wait_for_record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import BrowserContext, Page

    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server
    from tests.e2e.third_parties import ThirdParties

KEY, WITHOUT, PLACES = "holds-back", "holds-nothing", "holds-by-place"
MAKE = f"""
from django.utils import timezone
from consent.services.drafting import save_languages, save_policy
from consent.services.checking import acknowledge
from consent.services.publishing import publish
from cookies.models import Partner
from cookies.services.sites import create_site
from tests.facts import ANSWERABLE
partners = [
    ("counts", "performance", ["counts.example", "*.counts.example", "shared.example", "127.0.0.1"], "gated"),
    ("films", "functional", ["films.example"], "gated"),
    ("ads", "targeting", ["ads.example", "shared.example"], "gated"),
    ("early", "targeting", ["early.example"], "signalled"),
]
for key, blocks in (({KEY!r}, True), ({WITHOUT!r}, False), ({PLACES!r}, True)):
    site = create_site(key=key, name=key, domains=["http://127.0.0.1:*"], **ANSWERABLE)
    save_languages(site=site, languages=["en", "de"])
    save_policy(site=site, auto_block=blocks)
    if key == {PLACES!r}:
        save_policy(site=site, regimes=["eu", "us-ca"])
    for slug, category, hosts, mode in partners:
        Partner.objects.create(site=site, slug=slug, name=slug.title(), category=category, hosts=hosts, load_mode=mode,
                               purpose={{"en": "Tries it."}}, purposes=["functionality"])
    acknowledge(site=site, code="loads_before_yes", partner="early", by="test", now=timezone.now(), reason="A test.")
    publish(site=site, by="test", now=timezone.now())
"""
COUNTS, FILMS, ADS = "https://www.counts.example/", "https://films.example/", "https://ads.example/"
NOBODY = "https://unknown.example/"

# Each asks an address for something, as programs do.
ELEMENTS = {
    "script": "(u) => { const s = document.createElement('script'); s.src = u; document.head.append(s) }",
    "script by attribute": "(u) => { const s = document.createElement('script'); s.setAttribute('SRC', u);"
    " document.head.insertBefore(s, document.head.firstChild) }",
    "script with a type": "(u) => { const s = document.createElement('script'); s.src = u; s.type = 'text/javascript';"
    " s.setAttribute('type', 'text/javascript'); document.head.append(s) }",
    "script in the page already": "(u) => { const s = document.createElement('script'); document.head.append(s);"
    " s.src = u }",
    "module": "(u) => { const s = document.createElement('script'); s.type = 'module'; s.src = u;"
    " document.body.append(s) }",
    "picture in no document": "(u) => { window.kept = new Image(); kept.src = u }",
    "picture": "(u) => { const i = document.createElement('img'); i.setAttribute('src', u); document.body.append(i) }",
    "picture by srcset": "(u) => { const i = document.createElement('img'); document.body.append(i);"
    " i.srcset = u + ' 1x' }",
    "frame": "(u) => { const f = document.createElement('iframe'); f.src = u; document.body.append(f) }",
    "frame in the page already": "(u) => { const f = document.createElement('iframe'); document.body.append(f);"
    " f.setAttribute('src', u) }",
    "written picture": "(u) => { const d = document.createElement('div'); document.body.append(d);"
    """ d.innerHTML = `<p>x</p><img alt="" src="${u}">` }""",
    "written frame": "(u) => document.body.insertAdjacentHTML('beforeend', `<iframe title='x' src=${u}></iframe>`)",
    "beacon": "(u) => { if (navigator.sendBeacon(u, 'x') !== true) throw new Error('refused') }",
}
CALLS = {
    "fetch": "(u) => fetch(u).then(() => 'done', (error) => `${error.name}: ${error.message}`)",
    "fetch of a request": "(u) => fetch(new Request(u))"
    ".then(() => 'done', (error) => `${error.name}: ${error.message}`)",
    "XMLHttpRequest": """(u) => new Promise((then) => {
        const told = [], request = new XMLHttpRequest();
        for (const name of ["load", "error", "abort", "loadend"]) request.addEventListener(name, () => told.push(name));
        request.onloadend = () => setTimeout(() => then(request.readyState == 4 && told.join(" ")));
        request.open("GET", u); request.setRequestHeader("X-Own", "1"); request.send();
    })""",
    "XMLHttpRequest that waits": """(u) => {
        const request = new XMLHttpRequest();
        try { request.open("GET", u, false); request.send(); return "done" } catch (error) { return error.name }
    }""",
}
REFUSED = {
    "fetch": "TypeError: sayso: counts waits for a yes",
    "fetch of a request": "TypeError: sayso: counts waits for a yes",
    "XMLHttpRequest": "error loadend",
    "XMLHttpRequest that waits": "NetworkError",
}


@pytest.fixture(scope="module", autouse=True)
def _websites(server: Server) -> None:
    server.shell(MAKE)


def embed(own: OwnWebsite, key: str = KEY) -> str:
    """As the install page has it."""
    return NOTHING_AHEAD + own.embed("", key)


def come(own: OwnWebsite, page: Page, body: str = "<h1>A page</h1>", *, after: str = "", **options: Any) -> None:
    own.open(page, body, head=embed(own) + after, **options)
    wait_for_api(page)
    wait_for_calm(page)


def save(page: Page, **categories: bool) -> None:
    page.evaluate("(categories) => sayso.save({categories})", categories)
    wait_for_calm(page)


def wait_for(page: Page, third_party: ThirdParties, urls: Iterable[str]) -> None:
    """Until these were asked, or long enough to say that they were not; then nothing else may have been."""
    wanted = sorted(urls)
    for _ in range(100):
        if sorted(request.url for request in third_party.sent) == wanted:
            break
        page.wait_for_timeout(20)
    wait_for_calm(page)
    assert sorted(request.url for request in third_party.sent) == wanted


@pytest.mark.parametrize("kind", ELEMENTS)
def test_what_a_program_adds_waits_and_comes_once(
    kind: str, page: Page, own: OwnWebsite, third_party: ThirdParties
) -> None:
    come(own, page)
    ask = ELEMENTS[kind]
    for address in (COUNTS, ADS):
        page.evaluate(ask, address + "x")
    # What belongs to nobody goes as ever, and shows that the others had their time.
    page.evaluate(ask, NOBODY + "x")
    wait_for(page, third_party, [NOBODY + "x"])
    third_party.forget()
    save(page, performance=True)
    wait_for(page, third_party, [COUNTS + "x"])
    page.evaluate("() => sayso.save({categories: {functional: true}})")
    wait_for(page, third_party, [COUNTS + "x"])
    # From now on it is as if we were not there.
    page.evaluate(ask, COUNTS + "y")
    wait_for(page, third_party, [COUNTS + "x", COUNTS + "y"])


@pytest.mark.parametrize("kind", CALLS)
def test_what_a_program_calls_fails_at_once_until_it_may(
    kind: str, page: Page, own: OwnWebsite, third_party: ThirdParties
) -> None:
    come(own, page)
    ask = CALLS[kind]
    assert page.evaluate(ask, COUNTS) == REFUSED[kind]
    assert page.evaluate(ask, NOBODY) in ("done", "load loadend")
    assert page.evaluate(ask, own.address("/")) in ("done", "load loadend")
    assert third_party.hosts == {"unknown.example"}
    third_party.forget()
    save(page, performance=True)
    # What failed is not sent behind anybody's back.
    assert third_party.sent == []
    assert page.evaluate(ask, COUNTS) in ("done", "load loadend")
    assert page.evaluate(ask, ADS) == REFUSED[kind].replace("counts", "ads")
    assert third_party.hosts == {"www.counts.example"}


MARKUP = f"""
<script>{inline("before")}</script>
<script src="{COUNTS}one.js"></script>
<script src="{ADS}other.js"></script>
<script src="{NOBODY}own.js"></script>
<script>{inline("after")}</script>
<script src="{COUNTS}two.js" defer></script>
<script src="{COUNTS}three.js"></script>
<img alt="" src="{COUNTS}dot.gif"><img alt="" src="{NOBODY}dot.gif">
<script type="text/plain" data-category="performance">{inline("gated by hand")}</script>
"""


# Chromium prepares no page in advance that a program watches: to the page it looks like this.
IN_ADVANCE = """
let ahead = "prerendering" in document;
Object.defineProperty(Document.prototype, "prerendering", { get: () => ahead });
window.arrive = () => { ahead = false; document.dispatchEvent(new Event("prerenderingchange")); };
"""


def test_page_that_is_prepared_in_advance_holds_already_and_asks_once_it_is_shown(
    page: Page, own: OwnWebsite, third_party: ThirdParties
) -> None:
    of_places: list[str] = []
    page.on("request", lambda request: of_places.append(request.url) if request.url.endswith("/region") else None)
    page.add_init_script(IN_ADVANCE)
    own.open(page, MARKUP, head=embed(own, PLACES))
    page.evaluate(ELEMENTS["beacon"], COUNTS + "beacon")
    wait_for(page, third_party, [NOBODY + "own.js", NOBODY + "dot.gif"])
    assert ran(page) == ["before", "unknown.example/own.js", "after"]
    # It is nobody's visit yet: nobody is asked, and nobody's place is looked up.
    assert page.evaluate("() => [typeof window.sayso, document.querySelectorAll('[data-sayso-layer]').length]") == [
        "undefined",
        0,
    ]
    assert of_places == []
    page.evaluate("() => arrive()")
    banner(page).wait_for()
    assert len(of_places) == 1
    third_party.forget()
    save(page, performance=True)
    counted = ("one.js", "two.js", "three.js", "dot.gif", "beacon")
    wait_for(page, third_party, [COUNTS + name for name in counted])
    assert "gated by hand" in ran(page)


def test_scripts_and_pictures_of_the_pages_own_html_wait_and_run_in_order(
    page: Page, own: OwnWebsite, third_party: ThirdParties
) -> None:
    come(own, page, MARKUP)
    assert ran(page) == ["before", "unknown.example/own.js", "after"]
    assert third_party.hosts == {"unknown.example"}
    third_party.forget()
    press(page, "preferences")
    save(page, performance=True)
    wait_for(page, third_party, [COUNTS + name for name in ("one.js", "two.js", "three.js", "dot.gif")])
    names = [name for name in ran(page) if name.startswith("www.counts")]
    assert names == [f"www.counts.example/{name}.js" for name in ("one", "two", "three")]
    assert "gated by hand" in ran(page)
    wait_for_record(page)
    # Whoever comes back with a yes meets the markup as the page wrote it.
    third_party.forget()
    page.reload()
    wait_for_api(page)
    wait_for_calm(page)
    counted = ["before", *(f"www.counts.example/{name}.js" for name in ("one",)), "unknown.example/own.js", "after"]
    assert ran(page)[:4] == counted
    assert third_party.hosts == {"unknown.example", "www.counts.example"}
    assert page.locator("script[data-type]").count() == 1, "Only what still waits is marked."


def test_frame_of_the_pages_own_html_gets_its_placeholder(
    page: Page, own: OwnWebsite, third_party: ThirdParties
) -> None:
    come(own, page, f'<iframe id="film" title="A film" width="300" height="200" src="{FILMS}one"></iframe><p>x</p>')
    held = page.locator('[data-sayso-layer="embed"]')
    held.wait_for()
    assert "Films" in held.locator("h3").inner_text()
    assert page.locator("#film").get_attribute("src") is None
    assert page.evaluate("() => film.contentDocument.body.innerHTML") == "", "Nothing of theirs is in it."
    third_party.forget()
    save(page, functional=True)
    page.frame_locator("#film").get_by_text("Stand-in").wait_for()
    wait_for(page, third_party, [FILMS + "one"])


def test_frame_is_loaded_this_once(page: Page, own: OwnWebsite, third_party: ThirdParties) -> None:
    come(own, page)
    page.evaluate(ELEMENTS["frame in the page already"], FILMS + "one")
    page.locator('[data-sayso-layer="embed"] button').first.click()
    page.frame_locator("iframe").get_by_text("Stand-in").wait_for()
    wait_for(page, third_party, [FILMS + "one"])
    # Another film in the same frame is another question.
    page.evaluate("(u) => { document.querySelector('iframe').src = u }", FILMS + "two")
    wait_for(page, third_party, [FILMS + "one"])


def test_embed_of_scripts_is_loaded_this_once_and_starts_nothing_that_was_held(
    page: Page, own: OwnWebsite, third_party: ThirdParties
) -> None:
    form = f'<template data-partner="films"><script src="{FILMS}form.js"></script></template>'
    come(own, page, f'<div data-sayso="embed">{form}</div>')
    page.evaluate(ELEMENTS["script"], FILMS + "held.js")
    page.locator('[data-sayso-layer="embed"] button').first.click()
    wait_for(page, third_party, [FILMS + "form.js"])
    # What makes the form asks for more from the page itself.
    assert page.evaluate(CALLS["fetch"], FILMS) == "done"
    press(page, "reject-all")
    wait_for_record(page)
    wait_for(page, third_party, [FILMS + "form.js", FILMS])


def test_held_scripts_keep_their_listeners_their_order_and_their_place(page: Page, own: OwnWebsite) -> None:
    come(own, page, "<div id=box></div>")
    page.evaluate(
        """(u) => {
            window.told = [];
            for (const name of ["one", "two", "three"]) {
                const script = document.createElement("script");
                script.src = u + name + ".js";
                script.async = false;
                script.onload = () => told.push([name, script.parentNode.id, script.type]);
                script.addEventListener("error", () => told.push("failed"));
                box.append(script);
            }
        }""",
        COUNTS,
    )
    wait_for_calm(page)
    assert page.evaluate("() => told") == []
    # Who asks whether it is there already finds it.
    assert page.evaluate("(u) => document.querySelectorAll(`script[src^='${u}']`).length", COUNTS) == 3
    save(page, performance=True)
    page.wait_for_function("() => told.length == 3")
    assert page.evaluate("() => told") == [[name, "box", ""] for name in ("one", "two", "three")]
    assert ran(page) == [f"www.counts.example/{name}.js" for name in ("one", "two", "three")]


def test_what_the_page_writes_while_it_is_read_waits(page: Page, own: OwnWebsite, third_party: ThirdParties) -> None:
    written = "".join(
        f"<script>document.write('<scr' + 'ipt src=\"{address}w.js\"></scr' + 'ipt><img alt src={address}w.gif>"
        f"<iframe title=x src={address}w></iframe>')</script>"
        for address in (COUNTS, NOBODY)
    )
    come(own, page, written + f"<script>{inline('after')}</script>")
    assert ran(page) == ["unknown.example/w.js", "after"]
    assert third_party.hosts == {"unknown.example"}
    third_party.forget()
    save(page, performance=True)
    wait_for(page, third_party, [COUNTS + name for name in ("w.js", "w.gif", "w")])


def test_markup_that_would_not_run_a_script_still_does_not(
    page: Page, own: OwnWebsite, third_party: ThirdParties
) -> None:
    come(own, page, "<div id=box></div>")
    page.evaluate(
        "(u) => { box.innerHTML = `<script src='${u}x.js'><\\/script>`; box.innerHTML += '<p>more</p>' }", COUNTS
    )
    page.evaluate("() => { const p = document.createElement('p'); p.innerHTML = null; box.append(p) }")
    assert page.locator("#box > p").last.inner_html() == ""
    save(page, performance=True)
    wait_for(page, third_party, [])


def test_only_the_granted_one_of_two_that_share_a_host_is_needed(
    page: Page, own: OwnWebsite, third_party: ThirdParties
) -> None:
    come(own, page)
    page.evaluate(ELEMENTS["script"], "https://shared.example/x.js")
    page.evaluate(ELEMENTS["frame"], "https://shared.example/x")
    wait_for(page, third_party, [])
    save(page, targeting=True)
    wait_for(page, third_party, ["https://shared.example/x.js", "https://shared.example/x"])


def test_own_hosts_and_tags_that_the_website_lets_in_early_are_never_held(
    page: Page, own: OwnWebsite, third_party: ThirdParties
) -> None:
    # A partner's pattern that covers the website itself must not stop it.
    own.put("/own.js", inline("own"), kind="text/javascript")
    come(own, page, '<script src="/own.js"></script><script src="https://early.example/x.js"></script>')
    assert ran(page) == ["own", "early.example/x.js"]
    assert third_party.hosts == {"early.example"}


def test_script_or_frame_that_came_by_itself_is_gone_after_a_withdrawal(
    page: Page, own: OwnWebsite, third_party: ThirdParties
) -> None:
    come(own, page, f'<script src="{COUNTS}one.js"></script>')
    save(page, performance=True, targeting=True)
    page.wait_for_function("() => window.ran")
    wait_for_record(page)
    page.reload()
    wait_for_api(page)
    wait_for_calm(page)
    assert ran(page) == ["www.counts.example/one.js"]
    third_party.forget()
    # Nobody marked it, and the page is loaded again all the same, once.
    with page.expect_navigation():
        page.evaluate("() => { sayso.withdraw() }")
    wait_for_api(page)
    wait_for_calm(page)
    page.evaluate(ELEMENTS["script"], COUNTS + "late.js")
    page.evaluate(ELEMENTS["beacon"], COUNTS)
    wait_for_record(page)
    wait_for(page, third_party, [])
    assert ran(page) == []


def test_withdrawal_without_anything_running_holds_again_without_a_reload(
    page: Page, own: OwnWebsite, third_party: ThirdParties
) -> None:
    come(own, page)
    save(page, performance=True)
    page.evaluate("() => { window.here = true; sayso.withdraw() }")
    wait_for_record(page)
    assert page.evaluate(CALLS["fetch"], COUNTS) == REFUSED["fetch"]
    assert page.evaluate("() => window.here") is True
    wait_for(page, third_party, [])


def test_address_that_changes_while_it_waits_is_the_one_that_counts(
    page: Page, own: OwnWebsite, third_party: ThirdParties
) -> None:
    come(own, page)
    page.evaluate(
        """([held, free]) => {
            const picture = new Image(), frame = document.createElement("iframe"), other = new Image();
            document.body.append(picture, frame);
            for (const each of [picture, frame]) { each.src = held + "old"; each.src = free + each.localName }
            other.src = held + "old"; other.src = held + "new";
        }""",
        [COUNTS, NOBODY],
    )
    wait_for(page, third_party, [NOBODY + "img", NOBODY + "iframe"])
    save(page, performance=True)
    wait_for(page, third_party, [NOBODY + "img", NOBODY + "iframe", COUNTS + "new"])


@pytest.mark.parametrize("answer", ["accept-all", "reject-all"])
def test_the_banner_answers_for_all(answer: str, page: Page, own: OwnWebsite, third_party: ThirdParties) -> None:
    come(own, page, f'<script src="{COUNTS}one.js"></script><script src="{ADS}two.js"></script>')
    banner(page).wait_for()
    press(page, answer)
    wait_for(page, third_party, [COUNTS + "one.js", ADS + "two.js"] if answer == "accept-all" else [])


def test_page_that_freezes_what_everything_inherits_from(
    page: Page, own: OwnWebsite, third_party: ThirdParties
) -> None:
    freeze = "<script>Object.freeze(Object.prototype); Object.freeze(Function.prototype)</script>"
    come(own, page, f'<script src="{COUNTS}one.js"></script>', after=freeze)
    page.evaluate(ELEMENTS["picture"], COUNTS + "dot.gif")
    assert page.evaluate(CALLS["XMLHttpRequest"], COUNTS) == REFUSED["XMLHttpRequest"]
    save(page, performance=True)
    wait_for(page, third_party, [COUNTS + "one.js", COUNTS + "dot.gif"])


def test_strict_policies_of_the_page_are_kept_and_met(page: Page, own: OwnWebsite, third_party: ThirdParties) -> None:
    policy = (
        f"default-src 'none'; connect-src 'self' {own.platform} https://www.counts.example; img-src https://www.counts.example;"
        f" script-src 'nonce-n' {own.platform}; require-trusted-types-for 'script'; trusted-types sayso page"
    )
    violations = (
        "addEventListener('securitypolicyviolation', (e) => (window.bad = window.bad || []).push(e.violatedDirective))"
    )
    own.open(
        page,
        f'<script nonce="n">{violations}</script><script nonce="n" src="{COUNTS}one.js"></script>'
        f'<script nonce="n">{MAKE_TRUSTED.replace("HOST", COUNTS)}</script>',
        head=NOTHING_AHEAD + own.embed('nonce="n"', KEY),
        headers={"Content-Security-Policy": policy},
    )
    wait_for_api(page)
    wait_for_calm(page)
    assert page.evaluate(CALLS["XMLHttpRequest"], COUNTS) == REFUSED["XMLHttpRequest"]
    wait_for(page, third_party, [])
    save(page, performance=True)
    wait_for(page, third_party, [COUNTS + name for name in ("one.js", "two.js", "dot.gif")])
    assert sorted(ran(page)) == ["www.counts.example/one.js", "www.counts.example/two.js"]
    assert page.evaluate("() => window.bad || []") == []


MAKE_TRUSTED = """
const policy = trustedTypes.createPolicy("page", { createScriptURL: (url) => url, createHTML: (text) => text });
const script = document.createElement("script");
script.nonce = "n";
script.src = policy.createScriptURL("HOSTtwo.js");
document.head.append(script);
new Image().src = "HOSTdot.gif";
const box = document.createElement("div");
box.innerHTML = policy.createHTML("<p id=written>Written</p>");
document.head.append(box);
"""


def test_page_of_another_language_holds_back_while_its_file_comes(
    page: Page, own: OwnWebsite, third_party: ThirdParties
) -> None:
    own.put(
        "/",
        f"<!doctype html><html lang=de><head><title>Eine Seite</title>{embed(own)}</head><body>"
        f'<script src="{COUNTS}one.js"></script></body></html>',
    )
    page.goto(own.address("/"))
    banner(page).wait_for()
    page.evaluate(ELEMENTS["picture"], COUNTS + "dot.gif")
    wait_for(page, third_party, [])
    press(page, "accept-all")
    wait_for(page, third_party, [COUNTS + "one.js", COUNTS + "dot.gif"])
    wait_for_record(page)
    third_party.forget()
    page.reload()
    wait_for(page, third_party, [COUNTS + "one.js"])
    assert ran(page) == ["www.counts.example/one.js"]


def test_line_that_was_pasted_twice_holds_once(page: Page, own: OwnWebsite, third_party: ThirdParties) -> None:
    come(own, page, f'<script src="{COUNTS}one.js"></script>', after=own.embed("", KEY))
    page.evaluate(ELEMENTS["beacon"], COUNTS)
    wait_for(page, third_party, [])
    save(page, performance=True)
    wait_for(page, third_party, [COUNTS + "one.js", COUNTS])


def test_preview_names_hosts_of_nobodys_once_and_what_was_reached_too_soon(
    page: Page, own: OwnWebsite, third_party: ThirdParties
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.text.startswith("sayso") else None)
    body = (
        f'<img alt="" src="{NOBODY}one.gif"><img alt="" src="{NOBODY}two.gif"><img alt="" src="{COUNTS}dot.gif">'
        f'<link rel="stylesheet" href="{ADS}style.css">'
    )
    come(own, page, body)
    wait_for_calm(page)
    assert said == []
    page.goto(own.address("/?x=1&sayso-preview"))
    wait_for_api(page)
    for _ in range(100):
        if len(said) == 2:
            break
        page.wait_for_timeout(20)
    assert sorted(said) == [
        "sayso: ads.example reached before a yes to ads",
        "sayso: unknown.example is no partner's, so not held",
    ]
    assert page.evaluate("() => [Object.keys(sessionStorage), Object.keys(localStorage), document.cookie]") == [
        [],
        [],
        "",
    ]


def test_without_the_choice_nothing_is_touched(page: Page, own: OwnWebsite, third_party: ThirdParties) -> None:
    own.open(page, f'<script src="{COUNTS}one.js"></script>', head=own.embed("", WITHOUT))
    wait_for_api(page)
    wait_for(page, third_party, [COUNTS + "one.js"])
    assert "native code" in page.evaluate("() => String(fetch) + String(XMLHttpRequest.prototype.open)")
    assert "counts.example" not in page.evaluate(
        "(u) => fetch(u).then((answer) => answer.text())", f"{own.platform}/s/{WITHOUT}.js"
    )


def test_natives_stay_for_everything_else(page: Page, own: OwnWebsite, context: BrowserContext) -> None:
    come(own, page, "<p id=p></p>")
    answers = page.evaluate(
        """async () => {
            const [frame, script, image] = ["iframe", "script", "img"].map((kind) => document.createElement(kind));
            frame.setAttribute("title", "x"); script.type = "module"; script.src = "/a.js"; image.srcset = "/a.gif 1x";
            p.innerHTML = "<b>bold</b>"; p.insertAdjacentHTML("beforeend", "<i>it</i>");
            const own = (await fetch("/")).status;
            const wrong = await fetch("http://[").catch((error) => error.name);
            return [frame.title, script.type, script.getAttribute("src"), image.srcset, p.innerHTML, own, wrong];
        }"""
    )
    assert answers == ["x", "module", "/a.js", "/a.gif 1x", "<b>bold</b><i>it</i>", 200, "TypeError"]

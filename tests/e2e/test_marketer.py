"""A marketer's whole way, from an empty home to a banner on a page and back to an earlier one; its keyboard-only part;
and what axe finds on every page of the admin (nothing)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from consent.delivery.compose import script_json
from cookies.admin.pages import _pages
from tests.e2e.test_accessibility import AXE, RULES
from tests.e2e.test_admin import FAULTS
from tests.e2e.third_parties import Nobody
from tests.e2e.visitor import banner, press, wait_for_calm, wait_for_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Locator, Page

    from tests.e2e.conftest import NewContext
    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server
    from tests.e2e.third_parties import ThirdParties

PASSWORD = "only-for-this-test"
BAKERY = "Mara's bakery"
# What somebody writes is text and stays it, in the preview and on every visitor's page.
CRUMBS = "Crumbs, <b>please</b>?"
MAKE_MARA = f"""
from django.contrib.auth.models import Group, User
mara = User.objects.create_user("mara", password={PASSWORD!r}, is_staff=True)
mara.groups.add(Group.objects.get(name="Owner"))
"""
# Ready to publish, with something on every page.
MAKE_LIBRARY = """
from datetime import UTC, datetime
from django.contrib.auth.models import User
from consent.services.drafting import save_languages, save_texts
from consent.services.publishing import publish
from cookies.services.catalogue import add_library_partner
from cookies.services.sites import create_site
from tests.facts import ANSWERABLE
owner = User.objects.create_superuser({owner!r})
site = create_site(key={owner!r}, name="Library", domains=["https://library.example"], owner=owner, **ANSWERABLE)
partner = add_library_partner(site=site, library="google-analytics", parameters={{"measurement_id": "G-AB12CD34EF"}})
"""
MAKE_TWO_VERSIONS = """
save_languages(site=site, languages=["en", "de"])
save_texts(site=site, language="en", texts={"banner_title": "Loans and cookies?"})
publish(site=site, by="lena", now=datetime.now(UTC), reason="The first")
save_texts(site=site, language="en", texts={"banner_title": "Books and cookies?"})
publish(site=site, by="lena", now=datetime.now(UTC), reason="The second")
save_texts(site=site, language="en", texts={"banner_title": "Something else?"})
print(site.pk, partner.pk, partner.cookies.first().pk)
"""
# Addresses under a website that give out a file, or a page that is none of the admin's.
NO_ADMIN_PAGES = {"numbers-csv", "cookies-export", "log-file", "preview"}
# What neither colours nor width change is looked at once.
OF_THE_LOOK = ["color-contrast", "target-size", "link-in-text-block", "scrollable-region-focusable"]

# Two frames after the last change of size: what a page does about it is done.
SETTLED = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>
    setTimeout(() => done(innerWidth === 390), 100))))"""


@pytest.fixture
def asked() -> Nobody:
    """Whom the admin's pages asked: nobody."""
    return Nobody()


@pytest.fixture
def context(new_context: NewContext, asked: Nobody) -> BrowserContext:
    """The marketer's browser, which keeps the admin's files; the visitors' are others."""
    return new_context(watched_by=asked, reduced_motion="reduce")


# ---- the whole way


def open_tab(page: Page, name: str) -> None:
    page.locator(".sy-tabs").get_by_role("link", name=name, exact=True).click()


def next_step(page: Page, name: str) -> None:
    """Overview's one prominent button."""
    open_tab(page, "Overview")
    page.locator(".sy-actions").get_by_role("link", name=name, exact=True).click()


def add_from_library(page: Page, name: str, *, mistake: str = "", **parameters: str) -> None:
    """`mistake`: what somebody writes first, and is told about."""
    open_tab(page, "Partners")
    page.get_by_role("link", name="Add from the library").first.click()
    page.get_by_label("Search the library").fill(name[:-2].lower())
    expect(page.locator("#library > li:visible")).to_have_count(1)
    page.get_by_role("link", name=f"Add {name}", exact=True).click()
    fields = {each: page.locator(f"[data-field=parameter_{each}] input") for each in parameters}
    if mistake:
        first = next(iter(fields.values()))
        first.fill(mistake)
        page.get_by_role("button", name=f"Add {name}").click()
        expect(page.locator("main .errorlist").first).to_contain_text("An example")
        expect(first).to_have_value(mistake)
    for parameter, value in parameters.items():
        fields[parameter].fill(value)
    page.get_by_role("button", name=f"Add {name}").click()
    expect(page.get_by_role("status")).to_contain_text("is added")


def save_text(page: Page, key: str, text: str) -> None:
    page.locator(f"[data-field={key}] input").fill(text)
    page.get_by_role("button", name="Save the texts").click()
    expect(page.get_by_role("status").first).to_contain_text("The texts are saved")


def publish(page: Page, reason: str, version: int) -> None:
    open_tab(page, "Publish")
    page.get_by_label("Why you publish").fill(reason)
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text(f"Version {version} is live")


def wait_until_served(server: Server, key: str, words: str) -> None:
    """Until the worker has learned what is live; browsers would keep the older file for five minutes."""
    latest = time.monotonic() + 10
    while time.monotonic() < latest:
        with urlopen(f"{server.platform}/s/{key}.js") as answer:
            if script_json(words)[1:-1] in answer.read().decode():
                return
        time.sleep(0.1)
    raise AssertionError(f"{words} never arrived")


def visit(new_context: NewContext, own: OwnWebsite, tag: str) -> Page:
    """Somebody who was never there before opens the bakery's page."""
    page = new_context().new_page()
    own.open(page, f"<h1>Bread</h1>{tag}", head=own.embed(key="bakery"))
    wait_for_calm(page)
    return page


def test_marketer_goes_the_whole_way(
    server: Server,
    page: Page,
    new_context: NewContext,
    own: OwnWebsite,
    third_party: ThirdParties,
    asked: Nobody,
) -> None:
    server.shell(MAKE_MARA)
    page.goto(f"{server.platform}/admin/")
    page.get_by_label("Username").fill("mara")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_role("heading", name="No website yet")).to_be_visible()
    page.locator(".sy-empty").get_by_role("link", name="Add a website").click()
    page.get_by_label("Name", exact=True).fill(BAKERY)
    page.get_by_label("Public key").fill("bakery")
    page.get_by_label("Addresses of the website").fill("http://127.0.0.1:*")
    page.get_by_role("button", name="Add the website").click()
    expect(page.get_by_role("heading", name=BAKERY, level=1)).to_be_visible()
    expect(page.locator("[aria-current=step]")).to_contain_text("Missing: company, contact, privacy policy.")

    add_from_library(page, "Google Analytics 4", measurement_id="G-AB12CD34EF")
    add_from_library(page, "HubSpot", mistake="not a number", portal_id="7654321", region="eu1")

    open_tab(page, "Banner & texts")
    page.get_by_role("link", name="Languages").click()
    page.get_by_label("German").check()
    page.get_by_role("button", name="Save the languages").click()
    page.locator(".sy-subtabs").get_by_role("link", name="Texts", exact=True).click()
    save_text(page, "banner_title", CRUMBS)
    expect(page.frame_locator("iframe").get_by_role("heading", name=CRUMBS)).to_be_visible()
    page.get_by_role("navigation", name="Language").get_by_role("link", name="German").click()
    save_text(page, "banner_title", "Krümel gefällig?")

    open_tab(page, "Publish")
    button = page.get_by_role("button", name="Publish", exact=True)
    expect(button).to_be_disabled()
    expect(page.locator("#blocking [data-finding]")).to_have_count(3)
    page.locator("#blocking [data-finding]", has_text="Nobody is named").get_by_role("link", name="Mend it").click()
    expect(page.get_by_label("Company")).to_be_in_viewport()
    page.get_by_label("Company").fill("Mara Ltd")
    page.get_by_label("Contact").fill("mara@bakery.example")
    page.get_by_label("Privacy policy").fill("https://bakery.example/privacy")
    page.get_by_role("button", name="Save the details").click()

    next_step(page, "Publish the first version")
    expect(button).to_be_enabled()
    expect(page.frame_locator("iframe").first.get_by_role("heading", name=CRUMBS)).to_be_visible()
    with page.expect_popup() as german:
        page.get_by_role("link", name="Preview in German").click()
    expect(german.value.get_by_role("heading", name="Krümel gefällig?")).to_be_visible()
    german.value.close()
    publish(page, "The bakery opens", 1)
    button.click()
    expect(page.get_by_role("status")).to_have_text("Nothing has changed since version 1; nothing was published.")

    next_step(page, "Add the embed line")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the embed line").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == own.embed(key="bakery")
    assert page.locator("main pre").first.inner_text() == own.embed(key="bakery")
    wait_until_served(server, "bakery", CRUMBS)
    tag = '<script type="text/plain" data-category="performance" data-partner="google-analytics" src="{}"></script>'
    analytics = "https://www.googletagmanager.com/gtag/js"
    visitor = visit(new_context, own, tag.format(analytics))
    expect(banner(visitor).get_by_text(CRUMBS)).to_be_visible()
    assert third_party.sent == []
    press(visitor, "accept-all")
    wait_for_record(visitor)
    visitor.wait_for_function("() => (window.ran || []).length >= 2")
    assert {"www.googletagmanager.com", "js-eu1.hs-scripts.com"} <= third_party.hosts
    assert any("7654321" in request.url for request in third_party.sent)

    open_tab(page, "Overview")
    expect(page.get_by_text("To bring it live")).to_have_count(0)
    expect(page.locator(".sy-numbers")).to_contain_text("Today")

    open_tab(page, "Banner & texts")
    save_text(page, "banner_title", "Loaves?")
    publish(page, "Another question", 2)
    wait_until_served(server, "bakery", "Loaves?")
    open_tab(page, "Versions")
    page.get_by_role("link", name="Version 1", exact=True).click()
    page.get_by_text("Publish this one again").click()
    page.get_by_role("button", name="Publish version 1 again").click()
    expect(page.get_by_role("status").first).to_contain_text("Version 1")
    wait_until_served(server, "bakery", CRUMBS)
    expect(banner(visit(new_context, own, "")).get_by_text(CRUMBS)).to_be_visible()
    assert asked.sent == []


# ---- by keyboard alone


# Where the focus is: at the target, in a frame, and whether it can be seen.
STOP = """(target) => {
    const at = document.activeElement;
    const isSeen = at === document.body || at.tagName === "IFRAME" || getComputedStyle(at).outlineStyle !== "none";
    return isSeen ? (at === target ? "there" : "on the way") : at.outerHTML;
}"""


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus, as somebody without a mouse does. Every stop on the way is seen."""
    expect(target).to_be_visible()
    element = target.element_handle()
    for _ in range(80):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP, element)
        if stop == "there":
            return
        assert stop == "on the way"
    raise AssertionError("never reached")


def test_publishing_needs_no_mouse(server: Server, page: Page) -> None:
    # Whoever sees every website has more than one page of them.
    server.shell(MAKE_LIBRARY.format(owner="kai") + "User.objects.filter(pk=owner.pk).update(is_superuser=False)")
    server.log_in(page.context, "kai")
    page.goto(f"{server.platform}/admin/")
    card = page.locator(".sy-site", has=page.get_by_role("heading", name="Library"))
    tab_to(page, card.get_by_role("link", name="Publish the first version"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Why you publish"))
    page.keyboard.type("By hand")
    tab_to(page, page.get_by_role("button", name="Publish", exact=True))
    page.keyboard.press("Space")
    expect(page.get_by_role("status").first).to_contain_text("Version 1 is live")
    server.shell("""
from datetime import UTC, datetime
from consent.services.drafting import save_texts
from consent.services.publishing import publish
from cookies.models import Site
site = Site.objects.get(key="kai")
save_texts(site=site, language="en", texts={"banner_title": "Books?"})
publish(site=site, by="kai", now=datetime.now(UTC))
""")
    tab_to(page, page.locator(".sy-tabs").get_by_role("link", name="Versions"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="Version 1", exact=True))
    page.keyboard.press("Enter")
    tab_to(page, page.locator("summary", has_text="Publish this one again"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Publish version 1 again"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Version 1")


# ---- every page


@pytest.fixture
def addresses(server: Server) -> list[str]:
    """Every page of the admin, those of one website first."""
    pk, partner, cookie = server.shell(MAKE_LIBRARY.format(owner="lena") + MAKE_TWO_VERSIONS).split()
    site = f"/admin/cookies/site/{pk}"
    return [
        *(f"{site}/{route}" for route in _routes()),
        f"{site}/partners/library/hubspot/",
        f"{site}/partners/{partner}/",
        f"{site}/partners/{partner}/necessity/",
        f"{site}/cookies/{cookie}/",
        f"{site}/versions/1/",
        f"{site}/texts/?language=de&only=behind",
        "/admin/",
        "/admin/cookies/site/add/",
        "/admin/consent/consentevent/",
        "/admin/two-factor/",
        "/admin/password_change/",
    ]


def _routes() -> Iterator[str]:
    """Those that need nothing but a website: a page that is added is looked at without anybody thinking of it."""
    for page in _pages.values():
        if "GET" in page.methods and "<" not in page.route and page.name not in NO_ADMIN_PAGES:
            yield page.route


def faults(page: Page, rules: list[str] = RULES) -> list[str]:
    """What axe finds, frames left out: what stands in them is the visitor's, and looked at elsewhere."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate(
        "(rules) => axe.run(document, {runOnly: rules, resultTypes: ['violations'], iframes: false})", rules
    )
    return [f"{fault['id']}: {node['target']}" for fault in found["violations"] for node in fault["nodes"]]


def test_every_page_of_the_admin_is_free_of_faults(server: Server, page: Page, addresses: list[str]) -> None:
    server.log_in(page.context, "lena")
    found: dict[str, list[str]] = {}
    for address in addresses:
        page.set_viewport_size({"width": 1440, "height": 900})
        page.emulate_media(color_scheme="light")
        answer = page.goto(server.platform + address)
        assert answer
        assert answer.status == 200, address
        found[f"{address} light, wide"] = [*faults(page), *page.evaluate(FAULTS)]
        page.set_viewport_size({"width": 390, "height": 844})
        page.emulate_media(color_scheme="dark")
        # The theme asks for the scheme once, when a page opens.
        page.evaluate("() => document.documentElement.classList.add('dark')")
        # The menu notices the new width a moment later.
        page.wait_for_function(SETTLED)
        found[f"{address} dark, narrow"] = [*faults(page, OF_THE_LOOK), *page.evaluate(FAULTS)]
    page.context.clear_cookies()
    page.goto(f"{server.platform}/admin/login/")
    found["login"] = faults(page)
    assert {address: wrong for address, wrong in found.items() if wrong} == {}
    assert len(addresses) >= 35

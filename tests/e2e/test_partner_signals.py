"""What each partner is told, and when: a table from the vendors' documentation, held against what arrives.

On these pages stand the names that the vendors' own code would have made; each notes what it is told.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from cookies.partner_library import fill, load_library
from cookies.step_lines import lines_before
from tests.e2e.pages import inline
from tests.e2e.third_parties import OTHERS
from tests.e2e.visitor import banner, centre, cookie_names, ran, stored_in, wait_for_api, wait_for_calm, wait_for_record

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Route

    from tests.e2e.conftest import NewContext
    from tests.e2e.pages import OwnWebsite
    from tests.e2e.server import Server
    from tests.e2e.third_parties import ThirdParties

KEY, MANAGED, EARLY = "partner-signals", "managed-signals", "early-signals"
SIGNALLING = [partner.slug for partner in load_library().values() if partner.signals]

LOADS_EARLY = "Loads without waiting for your yes, and is told what you choose."

Told = list[Any]


@dataclass(frozen=True)
class Partner:
    """`read` gives what has arrived, in order. Each list is what one moment adds to it."""

    source: str
    read: str
    default: Told
    granted: Told
    denied: Told


def consent_types(**values: str) -> dict[str, str]:
    """Google's seven; what is not named is denied, and security is never asked about."""
    names = ("ad_storage", "ad_user_data", "ad_personalization", "analytics_storage", "functionality_storage")
    return {
        **dict.fromkeys((*names, "personalization_storage"), "denied"),
        "security_storage": "granted",
        **values,
    }


ALL_GRANTED = dict.fromkeys(consent_types(), "granted")
COMMANDS = "[...(window.dataLayer || [])].filter((entry) => '0' in entry).map((entry) => [...entry])"
ANNOUNCED = "[...(window.dataLayer || [])].filter((entry) => entry.event == 'sayso_consent_update')"
PAQ = "(window._paq || []).filter(([name]) => name.includes('Cookie') == {})"


def hubspot(consent: bool) -> Told:
    return ["setHubSpotConsent", {"analytics": consent, "advertisement": consent, "functionality": consent}]


def clarity(consent: str) -> Told:
    return ["consentv2", {"ad_Storage": consent, "analytics_Storage": consent}]


def alloy(consent: str) -> Told:
    return ["setConsent", {"consent": [{"standard": "Adobe", "version": "1.0", "value": {"general": consent}}]}]


def shopify(consent: bool) -> Told:
    features = [{"name": "consent-tracking-api", "version": "0.1"}]
    purposes = dict.fromkeys(("analytics", "marketing", "preferences", "sale_of_data"), consent)
    return [["loadFeatures", features], ["setTrackingConsent", purposes]]


def wordpress(word: str) -> Told:
    optional = ("preferences", "statistics-anonymous", "statistics", "marketing")
    return [["functional", "allow"], *([name, word] for name in optional)]


PARTNERS = {
    "google-consent-mode": Partner(
        source="developers.google.com/tag-platform/security/guides/consent",
        read=COMMANDS,
        default=[
            ["consent", "default", {**consent_types(), "wait_for_update": 500}],
            ["set", "ads_data_redaction", True],
        ],
        granted=[["consent", "update", ALL_GRANTED]],
        denied=[["consent", "update", consent_types()]],
    ),
    "google-tag-manager": Partner(
        source="docs/embedding.md, The data layer: a custom event for triggers, as Tag Manager's guides describe them",
        read=f"{ANNOUNCED}.map((entry) => entry.sayso.categories)",
        default=[],
        granted=[{"strictly_necessary": True, "performance": True, "functional": True, "targeting": True}],
        denied=[{"strictly_necessary": True, "performance": False, "functional": False, "targeting": False}],
    ),
    "microsoft-advertising": Partner(
        source="learn.microsoft.com/en-us/advertising/guides/universal-event-tracking",
        read="window.uetq || []",
        default=["consent", "default", {"ad_storage": "denied"}],
        granted=["consent", "update", {"ad_storage": "granted"}],
        denied=["consent", "update", {"ad_storage": "denied"}],
    ),
    "microsoft-clarity": Partner(
        source="learn.microsoft.com/en-us/clarity/setup-and-installation/clarity-consent-api-v2",
        read="((window.clarity || {}).q || []).map((call) => [...call])",
        default=[clarity("denied")],
        granted=[clarity("granted")],
        denied=[clarity("denied")],
    ),
    "meta-pixel": Partner(
        source="developers.facebook.com/docs/facebook-pixel/implementation/gdpr",
        read="heard.fbq",
        default=[["consent", "revoke"]],
        granted=[["consent", "grant"]],
        denied=[["consent", "revoke"]],
    ),
    "tiktok-pixel": Partner(
        source="the methods of TikTok's base code; cookiebeam.com/guides/tiktok-pixel-events-api-consent-2026",
        read="heard.ttq",
        default=[["holdConsent"]],
        granted=[["grantConsent"]],
        denied=[["revokeConsent"]],
    ),
    "hubspot": Partner(
        source="developers.hubspot.com/docs/api/events/cookie-banner",
        read="window._hsp || []",
        default=[hubspot(False)],
        granted=[hubspot(True)],
        denied=[hubspot(False), ["revokeCookieConsent"]],
    ),
    "matomo": Partner(
        source="developer.matomo.org/guides/tracking-consent",
        read=PAQ.format("false"),
        default=[["requireConsent"]],
        granted=[["setConsentGiven"]],
        denied=[["forgetConsentGiven"]],
    ),
    "matomo-cookieless": Partner(
        source="developer.matomo.org/guides/tracking-consent",
        read=PAQ.format("true"),
        default=[["requireCookieConsent"]],
        granted=[["setCookieConsentGiven"]],
        denied=[["forgetCookieConsentGiven"]],
    ),
    "posthog": Partner(
        source="posthog.com/docs/libraries/js/config; its default is opt_out_capturing_by_default, at its own start",
        read="heard.posthog",
        default=[],
        granted=[["opt_in_capturing", {"captureEventName": False}]],
        denied=[["opt_out_capturing"]],
    ),
    "mixpanel": Partner(
        source="mixpanel.com/optout; the option track is read in the code of mixpanel-js",
        read="heard.mixpanel",
        default=[],
        granted=[["opt_in_tracking", {"track": False}]],
        denied=[["opt_out_tracking"]],
    ),
    "amplitude": Partner(
        source="amplitude.com/docs/get-started/cookies-and-consent-management",
        read="heard.amplitude",
        default=[],
        granted=[["setOptOut", False]],
        denied=[["setOptOut", True]],
    ),
    "fullstory": Partner(
        source="developer.fullstory.com/browser/fullcapture/capture-data",
        read="heard.FS",
        default=[],
        granted=[["start"], ["restart"]],
        denied=[["shutdown"]],
    ),
    "datadog-rum": Partner(
        source="datadoghq.dev/browser-sdk/browser-rum.rumglobal.settrackingconsent.html",
        read="heard.datadog",
        default=[],
        granted=[["setTrackingConsent", "granted"]],
        denied=[["setTrackingConsent", "not-granted"]],
    ),
    "new-relic-browser": Partner(
        source="docs.newrelic.com/docs/browser/new-relic-browser/browser-apis/consent",
        read="heard.newrelic",
        default=[],
        granted=[["consent", True]],
        denied=[["consent", False]],
    ),
    "adobe-analytics": Partner(
        source="experienceleague.adobe.com/en/docs/id-service/using/implementation/opt-in-service",
        read="heard.optIn",
        default=[],
        granted=[["approve", ["aa", "ecid"]]],
        denied=[["deny", ["aa", "ecid"]]],
    ),
    "adobe-experience-platform": Partner(
        source="experienceleague.adobe.com/en/docs/experience-platform/web-sdk/commands/setconsent",
        read="heard.alloy",
        default=[],
        granted=[alloy("in")],
        denied=[alloy("out")],
    ),
    "shopify": Partner(
        source="shopify.dev/docs/api/customer-privacy",
        read="heard.shopify",
        default=[],
        granted=shopify(True),
        denied=shopify(False),
    ),
    "wp-consent-api": Partner(
        source="github.com/WordPress/wp-consent-level-api, assets/js/wp-consent-api.js",
        read="heard.wordpress",
        default=[],
        granted=wordpress("allow"),
        denied=wordpress("deny"),
    ),
}
# They keep the choice themselves: an answer that counts is told again on the next page, whatever it says.
PLATFORMS = ("shopify", "wp-consent-api")

STAND_INS = """<script>
const heard = { fbq: [], ttq: [], posthog: [], optIn: [], alloy: [], shopify: [], wordpress: [] };
for (const name of ["mixpanel", "amplitude", "FS", "datadog", "newrelic"]) heard[name] = [];
const method = (list, name) => [name, (...rest) => { list.push([name, ...rest]); }];
const methods = (list, ...names) => Object.fromEntries(names.map((name) => method(list, name)));
window.fbq = (...call) => { heard.fbq.push(call); };
window.ttq = methods(heard.ttq, "holdConsent", "grantConsent", "revokeConsent", "load", "page");
window.posthog = methods(heard.posthog, "opt_in_capturing", "opt_out_capturing", "capture");
window.mixpanel = methods(heard.mixpanel, "opt_in_tracking", "opt_out_tracking", "track");
window.amplitude = methods(heard.amplitude, "setOptOut", "track");
window.FS = (...call) => { heard.FS.push(call); };
window.DD_RUM = methods(heard.datadog, "setTrackingConsent", "init");
window.newrelic = methods(heard.newrelic, "consent", "addPageAction");
window.adobe = { optIn: methods(heard.optIn, "approve", "deny") };
window.alloy = (...call) => { heard.alloy.push(call); return Promise.resolve({}); };
const privacy = {
  setTrackingConsent(consent, callback) {
    if (typeof callback != "function") throw TypeError("setTrackingConsent must be called with a callback function");
    heard.shopify.push(["setTrackingConsent", consent]);
    callback();
  },
};
window.Shopify = {
  loadFeatures(features, callback) {
    heard.shopify.push(["loadFeatures", features]);
    setTimeout(() => { Shopify.customerPrivacy = privacy; callback(); }, 50);
  },
};
window.wp_set_consent = (category, value) => { heard.wordpress.push([category, value]); };
</script>"""

MAKE = f"""
from django.utils import timezone
from consent.services.checking import acknowledge
from consent.services.publishing import publish
from cookies.partner_library import fill, load_library
from cookies.services.catalogue import add_library_partner
from cookies.services.sites import create_site
from tests.facts import ANSWERABLE
def make(key, slugs, mode):
    site = create_site(key=key, name=key, domains=["http://127.0.0.1:*"], **ANSWERABLE)
    for partner in map(load_library().get, slugs):
        examples = {{parameter.name: parameter.example for parameter in partner.parameters}}
        wanted = mode if mode in partner.load_modes else partner.load_modes[0]
        made = add_library_partner(site=site, library=partner.slug, parameters=examples, load_mode=wanted)
        if made.loads_early:
            answered = {{"partner": made.slug, "by": "test", "now": timezone.now(), "reason": "A test."}}
            acknowledge(site=site, code="loads_before_yes", **answered)
    publish(site=site, by="test", now=timezone.now())
make({KEY!r}, {SIGNALLING!r}, "gated")
make({MANAGED!r}, ["google-analytics", "google-ads", "meta-pixel", "microsoft-clarity", "hubspot", "matomo"], "managed")
make({EARLY!r}, ["google-analytics", "google-ads"], "signalled")
"""


@pytest.fixture(scope="module", autouse=True)
def _websites(server: Server) -> None:
    server.shell(MAKE)


@pytest.fixture
def visit(own: OwnWebsite, page: Page) -> Page:
    """A first visit to a website with every partner that is told anything."""
    return come(own, page)


def come(own: OwnWebsite, page: Page, path: str = "/") -> Page:
    own.open(page, head=STAND_INS + own.embed(key=KEY), path=path)
    wait_for_api(page)
    wait_for_calm(page)
    return page


def heard(page: Page) -> dict[str, Told]:
    """What has arrived at each partner, as JSON would carry it."""
    reads = ", ".join(f"{json.dumps(slug)}: {partner.read}" for slug, partner in PARTNERS.items())
    queues: dict[str, Told] = json.loads(page.evaluate(f"() => JSON.stringify({{{reads}}})"))
    return queues


def wait_until_told(page: Page, slug: str, count: int) -> None:
    """Platforms hear a moment later."""
    page.wait_for_function(f"() => {PARTNERS[slug].read}.length >= {count}")


def start(slug: str, page: Page) -> Told:
    """What a partner hears while a page without a yes begins. Google may hear the no of its default once more."""
    told = heard(page)[slug]
    repeat = PARTNERS["google-consent-mode"].denied
    return told[: -len(repeat)] if slug == "google-consent-mode" and told[-1:] == repeat else told


def test_table_names_a_source_for_every_partner_that_is_told_anything() -> None:
    signals = {partner.slug: {signal.name for signal in partner.signals} for partner in load_library().values()}
    by_google = {slug for slug, names in signals.items() if names == {"google-consent-mode"}}
    assert {slug for slug, names in signals.items() if names} - by_google == set(PARTNERS) - {
        "google-consent-mode",
        "google-tag-manager",
    }
    assert by_google == {"google-ads", "google-analytics", "google-tag-manager"}
    assert all("." in partner.source for partner in PARTNERS.values())


def test_first_visit_hears_the_default_and_nothing_else(visit: Page, context: BrowserContext) -> None:
    assert banner(visit).is_visible()
    assert {slug: start(slug, visit) for slug in PARTNERS} == {slug: each.default for slug, each in PARTNERS.items()}
    assert visit.evaluate("() => [window.disableHubSpotCookieBanner, window.wp_consent_type]") == [True, "optin"]
    assert cookie_names(context) == []
    assert stored_in(visit)["local"] == {}


def test_signal_of_the_browser_is_no_answer_that_anybody_is_told(own: OwnWebsite, new_context: NewContext) -> None:
    context = new_context()
    context.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })")
    page = come(own, context.new_page())
    assert {slug: start(slug, page) for slug in PARTNERS} == {slug: each.default for slug, each in PARTNERS.items()}
    assert cookie_names(context) == []


def test_grant_deny_grant_deny_reaches_every_partner_each_time(visit: Page) -> None:
    for answer, moment in (("acceptAll", "granted"), ("rejectAll", "denied")) * 2:
        before = heard(visit)
        visit.evaluate(f"() => sayso.{answer}()")
        expected = {slug: getattr(partner, moment) for slug, partner in PARTNERS.items()}
        for slug in PLATFORMS:
            wait_until_told(visit, slug, len(before[slug]) + len(expected[slug]))
        after = heard(visit)
        assert {slug: after[slug][len(before[slug]) :] for slug in PARTNERS} == expected, answer
    wait_for_record(visit)


def test_stored_yes_is_told_on_every_page_after_the_default(visit: Page, own: OwnWebsite) -> None:
    visit.evaluate("() => sayso.acceptAll()")
    wait_for_record(visit)
    for path in ("/next", "/last"):
        page = come(own, visit, path)
        wait_until_told(page, "shopify", 2)
        told = heard(page)
        # The data layer's event is for answers, and this is none.
        assert told.pop("google-tag-manager") == []
        assert told == {
            slug: partner.default + partner.granted
            for slug, partner in PARTNERS.items()
            if slug != "google-tag-manager"
        }


def test_stored_no_leaves_the_default_as_it_is(visit: Page, own: OwnWebsite) -> None:
    visit.evaluate("() => sayso.rejectAll()")
    wait_for_record(visit)
    page = come(own, visit, "/next")
    wait_until_told(page, "shopify", 2)
    assert {slug: start(slug, page) for slug in PARTNERS if slug not in PLATFORMS} == {
        slug: partner.default for slug, partner in PARTNERS.items() if slug not in PLATFORMS
    }
    assert {slug: heard(page)[slug] for slug in PLATFORMS} == {slug: PARTNERS[slug].denied for slug in PLATFORMS}


def test_part_of_the_categories_is_told_as_such(visit: Page) -> None:
    visit.evaluate("() => sayso.save({categories: {performance: true}})")
    wait_until_told(visit, "shopify", 2)
    told = heard(visit)
    assert told["google-consent-mode"][-1] == ["consent", "update", consent_types(analytics_storage="granted")]
    assert told["microsoft-clarity"][-1] == ["consentv2", {"ad_Storage": "denied", "analytics_Storage": "granted"}]
    assert told["microsoft-advertising"][-1] == {"ad_storage": "denied"}
    assert told["meta-pixel"][-1] == ["consent", "revoke"]
    assert told["matomo"][-1] == ["setConsentGiven"]
    assert told["shopify"][-1][1] == {
        "analytics": True,
        "marketing": False,
        "preferences": False,
        "sale_of_data": False,
    }
    assert ["statistics", "allow"] in told["wp-consent-api"]
    assert ["marketing", "deny"] in told["wp-consent-api"]


def test_partner_that_was_refused_alone_is_told_no(visit: Page) -> None:
    visit.evaluate("() => sayso.acceptAll()")
    refused = dict.fromkeys(("meta-pixel", "posthog", "google-analytics", "microsoft-clarity"), False)
    visit.evaluate("(partners) => sayso.save({partners})", refused)
    told = heard(visit)
    assert told["google-consent-mode"][-1] == ["consent", "update", {**ALL_GRANTED, "analytics_storage": "denied"}]
    assert told["microsoft-clarity"][-1] == clarity("denied")
    assert told["meta-pixel"][-1] == ["consent", "revoke"]
    assert told["posthog"][-1] == ["opt_out_capturing"]
    assert told["tiktok-pixel"][-1] == ["grantConsent"]
    # And who was allowed alone is told yes, for what is its own.
    visit.evaluate("() => sayso.rejectAll()")
    visit.evaluate("() => sayso.save({partners: {'google-analytics': true}})")
    assert heard(visit)["google-consent-mode"][-1] == [
        "consent",
        "update",
        consent_types(analytics_storage="granted"),
    ]


def test_platform_that_is_late_hears_the_answer_once_it_is_there(own: OwnWebsite, page: Page) -> None:
    late = (
        "const set = wp_set_consent; delete window.wp_set_consent; setTimeout(() => window.wp_set_consent = set, 900)"
    )
    own.open(page, head=f"{STAND_INS}<script>{late}</script>{own.embed(key=KEY)}")
    wait_for_api(page)
    page.evaluate("() => { sayso.rejectAll(); sayso.acceptAll(); }")
    wait_until_told(page, "wp-consent-api", 5)
    wait_for_record(page)
    # The answer in between is over, and is not told any more.
    assert heard(page)["wp-consent-api"] == PARTNERS["wp-consent-api"].granted


def test_tag_that_is_loaded_finds_no_first_and_yes_after_it(own: OwnWebsite, page: Page) -> None:
    queues = {
        "commands": COMMANDS,
        "clarity": PARTNERS["microsoft-clarity"].read,
        "paq": "window._paq",
        "hsp": "window._hsp",
        "fbq": "[...((window.fbq || {}).queue || [])].map((call) => [...call])",
    }
    reads = ", ".join(f"{name}: {read}" for name, read in queues.items())
    script = f"(window.found = window.found || []).push(JSON.stringify({{{reads}}}))"

    def answer(route: Route) -> None:
        route.fulfill(body=script, content_type="text/javascript")

    page.route(OTHERS, answer)
    own.open(page, head=own.embed(key=MANAGED))
    banner(page).wait_for()
    assert page.evaluate("() => window.found") is None
    page.evaluate("() => sayso.acceptAll()")
    page.wait_for_function("() => (window.found || []).length == 6")
    for found in map(json.loads, page.evaluate("() => window.found")):
        consents = [command for command in found["commands"] if command[0] == "consent"]
        assert (consents[0][1], consents[-1][2]["analytics_storage"]) == ("default", "granted")
        first_own = next(index for index, command in enumerate(found["commands"]) if command[0] == "js")
        assert found["commands"].index(consents[-1]) < first_own
        assert found["clarity"] == [clarity("denied"), clarity("granted")]
        assert found["hsp"] == [hubspot(False), hubspot(True)]
        assert found["paq"][:2] == [["requireConsent"], ["setConsentGiven"]]
        assert [call[0] for call in found["fbq"]] == ["init", "track"]


def test_tags_own_code_that_backs_off_where_its_name_is_taken_still_begins(own: OwnWebsite, page: Page) -> None:
    """Meta's code, and TikTok's guards on websites, look whether the name is there already."""
    code = f"if (!window.fbq && !window.ttq && !window.posthog) {inline('began')}"
    own.open(
        page,
        f'<script type="text/plain" data-category="targeting" data-partner="meta-pixel">{code}</script>',
        head=own.embed(key=KEY),
    )
    wait_for_api(page)
    page.evaluate("() => sayso.acceptAll()")
    page.wait_for_function("() => window.ran")
    assert ran(page) == ["began"]


@pytest.mark.parametrize("is_there", [True, False], ids=["snippet", "no snippet"])
def test_tag_that_loads_before_a_yes_finds_the_lines_above_it(
    own: OwnWebsite, page: Page, third_party: ThirdParties, is_there: bool
) -> None:
    """Google's advanced consent mode, by choice of the website: the lines of the install page, then the tag."""
    signals = [{"default": fill(signal.default, {})} for signal in load_library()["google-analytics"].signals]
    tag = (
        "<script>gtag('js', new Date()); gtag('config', 'G-AB12CD34EF')</script>"
        '<script async src="https://www.googletagmanager.com/gtag/js?id=G-AB12CD34EF"></script>'
    )
    declaration = '<div data-sayso="declaration"></div>'
    own.open(page, declaration, head=lines_before(signals) + tag + (own.embed(key=EARLY) if is_there else ""))
    page.wait_for_function("() => window.ran")
    wait_for_calm(page)
    if is_there:
        wait_for_api(page)
    commands = page.evaluate(f"() => {COMMANDS}")
    assert commands[0][:2] == ["consent", "default"]
    assert [command[0] for command in commands[:4]] == ["consent", "set", "js", "config"]
    assert not any(
        value == "granted"
        for command in commands
        if command[0] == "consent"
        for name, value in command[2].items()
        if name != "security_storage"
    )
    assert third_party.to("www.googletagmanager.com")
    if is_there:
        # The visitor is told, in the declaration and in the centre.
        page.locator("[data-sayso=declaration] h3").first.wait_for()
        assert page.locator("[data-sayso=declaration]").inner_text().count(LOADS_EARLY) == 2
        page.evaluate("() => sayso.open()")
        centre(page).locator("section:has([data-category=performance]) summary").first.click()
        centre(page).locator("article", has_text="Google Analytics 4").get_by_text(LOADS_EARLY).wait_for()
        page.evaluate("() => sayso.acceptAll()")
        assert page.evaluate(f"() => {COMMANDS}")[-1] == ["consent", "update", ALL_GRANTED]
        page.evaluate("() => sayso.save({partners: {'google-ads': false}})")
        refused = dict.fromkeys(("ad_storage", "ad_user_data", "ad_personalization"), "denied")
        assert page.evaluate(f"() => {COMMANDS}")[-1] == ["consent", "update", {**ALL_GRANTED, **refused}]

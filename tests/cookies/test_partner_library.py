"""The partner library: its files are sound, its checks find what is not, and tags do only what they are for."""

from __future__ import annotations

import copy
import dataclasses
import tomllib
from typing import Any
from urllib.parse import urlsplit

import pytest

from cookies.matching import name_matches
from cookies.partner_library import (
    FOLDER,
    LibraryError,
    fill,
    follow,
    load_library,
    own_answers,
    parameter_errors,
    read_library,
    validate_template,
)

FILES = sorted(FOLDER.glob("*.toml"))

MANAGED = {
    "ab-tasty",
    "activecampaign",
    "cloudflare-web-analytics",
    "contentsquare",
    "crazy-egg",
    "crisp",
    "etracker",
    "freshchat",
    "google-ads",
    "google-analytics",
    "google-tag-manager",
    "hotjar",
    "hubspot",
    "intercom",
    "klaviyo",
    "linkedin-insight",
    "lucky-orange",
    "matomo",
    "meta-pixel",
    "microsoft-clarity",
    "mouseflow",
    "optimizely",
    "piwik-pro",
    "plausible",
    "posthog",
    "segment",
    "sentry-browser",
    "taboola",
    "tawk-to",
    "zendesk-chat",
}
PLATFORMS = {"shopify", "wp-consent-api"}
SIGNALLED = PLATFORMS | {
    "adobe-analytics",
    "adobe-experience-platform",
    "amplitude",
    "datadog-rum",
    "fullstory",
    "google-ads",
    "google-analytics",
    "google-tag-manager",
    "hubspot",
    "matomo",
    "matomo-cookieless",
    "meta-pixel",
    "microsoft-advertising",
    "microsoft-clarity",
    "mixpanel",
    "new-relic-browser",
    "posthog",
    "tiktok-pixel",
}
# Their own markup waits for a yes, and nothing else is offered.
GATED = {
    "adroll",
    "calendly",
    "cloudflare-turnstile",
    "criteo",
    "drift",
    "dynatrace-rum",
    "econda",
    "facebook-embed",
    "google-fonts",
    "google-maps",
    "google-recaptcha",
    "hcaptcha",
    "heap",
    "instagram-embed",
    "mailchimp",
    "marketo",
    "outbrain",
    "pinterest-tag",
    "quora-pixel",
    "reddit-pixel",
    "salesforce-pardot",
    "snapchat-pixel",
    "soundcloud-embed",
    "spotify-embed",
    "stripe",
    "typeform",
    "vimeo",
    "vwo",
    "x-ads",
    "youtube",
}
ALL = MANAGED | SIGNALLED | GATED


@pytest.fixture
def sound():
    """A template without a fault, free to spoil."""
    return tomllib.loads((FOLDER / "google-analytics.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_library_file_is_sound(path):
    assert validate_template(tomllib.loads(path.read_text(encoding="utf-8")), path.name) == []


def test_library_holds_the_partners_that_websites_ask_for():
    assert set(load_library()) == ALL
    assert list(load_library()) == sorted(ALL)
    assert len(FILES) == len(ALL)


def test_library_is_read_once_and_cannot_be_changed():
    library: Any = load_library()
    partner = library["google-analytics"]

    with pytest.raises(TypeError):
        library["other"] = partner
    with pytest.raises(dataclasses.FrozenInstanceError):
        partner.name = "Other"
    with pytest.raises(TypeError):
        partner.purpose["en"] = "Other"
    with pytest.raises(TypeError):
        partner.signals[0].default[0][3]["ad_storage"] = "granted"
    assert load_library() is library


def test_library_proposes_nothing_as_strictly_necessary_but_what_the_website_runs_on():
    library = load_library().values()

    assert {partner.slug for partner in library if partner.category == "strictly_necessary"} == PLATFORMS
    assert {partner.slug for partner in library if partner.platform} == PLATFORMS


def test_managed_and_signalled_partners_are_those_whose_vendor_makes_it_possible():
    library = load_library().values()

    assert {partner.slug for partner in library if "managed" in partner.load_modes} == MANAGED
    assert {partner.slug for partner in library if partner.signals} == SIGNALLED
    # What measures without cookies before a yes is another thing than what waits for one.
    never_gated = {partner.slug for partner in library if "gated" not in partner.load_modes}
    assert never_gated == PLATFORMS | {"matomo-cookieless"}


def test_whoever_lets_a_tag_load_before_a_yes_is_told_what_it_does_then():
    for partner in load_library().values():
        is_choice = "signalled" in partner.load_modes and not partner.platform
        assert bool(partner.signalled_note) == is_choice, partner.slug
        # Nothing before a yes is what one gets without choosing.
        assert partner.load_modes[0] != "signalled" or partner.slug in PLATFORMS | {"matomo-cookieless"}


def test_platform_is_told_of_answers_and_brings_nothing_onto_the_page():
    for slug in PLATFORMS:
        platform = load_library()[slug]
        assert (platform.load_modes, platform.loader, platform.hosts) == (("signalled",), (), ())
        assert all(signal.answer and not signal.update and not signal.grant for signal in platform.signals)


@pytest.mark.parametrize("partner", load_library().values(), ids=lambda partner: partner.slug)
def test_partner_reads_plainly_in_both_languages(partner):
    texts = [partner.purpose, *(cookie.purpose for cookie in partner.cookies)]

    assert all(set(text) == {"en", "de"} for text in texts)
    assert not any("!" in words or len(words) > 120 for text in texts for words in text.values())


@pytest.mark.parametrize("partner", load_library().values(), ids=lambda partner: partner.slug)
def test_partner_names_the_hosts_that_its_tag_loads_from(partner):
    examples = {parameter.name: parameter.example for parameter in partner.parameters}
    hosts = fill(partner.hosts, examples)
    scripts = [step[1] for step in fill(partner.loader, examples) if step[0] == "script"]

    assert len(scripts) == (1 if "managed" in partner.load_modes else 0)
    for script in scripts:
        assert any(name_matches(urlsplit(script).hostname, host) for host in hosts), script


def test_consent_mode_sends_all_seven_types_and_denies_first():
    signal = load_library()["google-analytics"].signals[0]
    default, update = dict(signal.default[0][3]), dict(signal.update[0][3])

    assert default.pop("wait_for_update") == 500
    assert default.pop("security_storage") == update.pop("security_storage") == "granted"
    assert set(default.values()) == {"denied"}
    assert update == {
        "analytics_storage": "@performance",
        "functionality_storage": "@functional",
        "personalization_storage": "@functional",
        "ad_storage": "@targeting",
        "ad_user_data": "@targeting",
        "ad_personalization": "@targeting",
    }


def test_google_partners_share_one_signal():
    library = load_library()
    signals = [library[slug].signals for slug in ("google-analytics", "google-tag-manager", "google-ads")]

    assert [signal.name for signal in signals[0]] == ["google-consent-mode"]
    assert signals[0] == signals[1] == signals[2]


def test_shared_signal_says_the_own_answer_of_the_one_who_is_there():
    library = load_library()
    (signal,) = library["google-ads"].signals
    everybody = [(slug, library[slug]) for slug in ("google-analytics", "google-ads", "google-tag-manager", "hubspot")]

    def said(users):
        return follow(signal.update, own_answers(users).get(signal.name, {}))[0][3]

    assert set(own_answers(everybody)) == {"google-consent-mode"}
    told = said(everybody)
    assert (told["analytics_storage"], told["functionality_storage"]) == ("@google-analytics", "@functional")
    assert {told[name] for name in ("ad_storage", "ad_user_data", "ad_personalization")} == {"@google-ads"}
    # As the website calls it; and where nobody is there, or two are, the category speaks.
    assert said([("our-ga", library["google-analytics"])])["analytics_storage"] == "@our-ga"
    assert said([("google-tag-manager", library["google-tag-manager"])]) == dict(signal.update[0][3])
    twice = [("one", library["google-analytics"]), ("two", library["google-analytics"])]
    assert said(twice)["analytics_storage"] == "@performance"


def test_whoever_shares_a_signal_either_answers_for_a_part_of_it_or_is_the_one_who_loads_the_others():
    holders: dict[str, list[Any]] = {}
    for partner in load_library().values():
        for signal in partner.signals:
            holders.setdefault(signal.name, []).append(partner)
    shared = [partner for partners in holders.values() if len(partners) > 1 for partner in partners]

    assert {partner.slug for partner in shared if not partner.answers_for} == {"google-tag-manager"}
    assert {partner.slug for partner in load_library().values() if partner.answers_for} == {
        "google-analytics",
        "google-ads",
    }


@pytest.mark.parametrize(
    ("slug", "moment", "step"),
    [
        ("meta-pixel", "default", ["call", "fbq", "consent", "revoke"]),
        ("meta-pixel", "grant", ["call", "fbq", "consent", "grant"]),
        ("meta-pixel", "deny", ["call", "fbq", "consent", "revoke"]),
        (
            "microsoft-advertising",
            "default",
            ["push", "uetq", "consent", "default", {"ad_storage": "denied"}],
        ),
        (
            "microsoft-advertising",
            "grant",
            ["push", "uetq", "consent", "update", {"ad_storage": "granted"}],
        ),
        ("microsoft-advertising", "deny", ["push", "uetq", "consent", "update", {"ad_storage": "denied"}]),
        ("tiktok-pixel", "default", ["call", "ttq.holdConsent"]),
        ("tiktok-pixel", "deny", ["call", "ttq.revokeConsent"]),
        ("posthog", "deny", ["call", "posthog.opt_out_capturing"]),
        ("mixpanel", "grant", ["call", "mixpanel.opt_in_tracking", {"track": False}]),
        ("mixpanel", "deny", ["call", "mixpanel.opt_out_tracking"]),
        ("amplitude", "deny", ["call", "amplitude.setOptOut", True]),
        ("fullstory", "grant", ["call", "FS", "restart"]),
        ("fullstory", "deny", ["call", "FS", "shutdown"]),
        ("datadog-rum", "deny", ["call", "DD_RUM.setTrackingConsent", "not-granted"]),
        ("new-relic-browser", "deny", ["call", "newrelic.consent", False]),
        ("matomo-cookieless", "default", ["push", "_paq", ["requireCookieConsent"]]),
        ("wp-consent-api", "answer", ["call", "wp_set_consent", "statistics", "?performance:allow:deny"]),
        (
            "microsoft-clarity",
            "default",
            ["call", "clarity", "consentv2", {"ad_Storage": "denied", "analytics_Storage": "denied"}],
        ),
        (
            "microsoft-clarity",
            "deny",
            ["call", "clarity", "consentv2", {"ad_Storage": "denied", "analytics_Storage": "denied"}],
        ),
        ("hubspot", "default", ["set", "disableHubSpotCookieBanner", True]),
        ("matomo", "default", ["push", "_paq", ["requireConsent"]]),
        ("matomo", "grant", ["push", "_paq", ["setConsentGiven"]]),
        ("matomo", "deny", ["push", "_paq", ["forgetConsentGiven"]]),
    ],
)
def test_signal_says_what_the_vendor_documents(slug, moment, step):
    (signal,) = load_library()[slug].signals

    assert step in fill(getattr(signal, moment), {})


def test_hubspot_is_told_on_every_page_and_forgets_on_withdrawal():
    (signal,) = load_library()["hubspot"].signals
    silent = ["setHubSpotConsent", {"analytics": False, "advertisement": False, "functionality": False}]

    assert fill(signal.default, {})[1] == ["push", "_hsp", silent]
    assert fill(signal.grant, {})[0][2][1]["analytics"] is True
    assert fill(signal.deny, {})[0] == ["push", "_hsp", silent, ["revokeCookieConsent"]]


def _drop(*path):
    def spoil(data):
        for key in path[:-1]:
            data = data[key]
        del data[path[-1]]

    return spoil


def _put(value, *path):
    def spoil(data):
        for key in path[:-1]:
            data = data[key]
        data[path[-1]] = value

    return spoil


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_put(1, "colour"), "colour is an unknown key."),
        (_drop("legal_entity"), "legal_entity is missing."),
        (_put("yes", "sale_or_share"), "sale_or_share must be true or false."),
        (_put("2026-11-22", "reviewed"), "reviewed must be a date."),
        (_put("other", "slug"), "slug: 'other' is not the name of the file."),
        (_put("Google Analytics", "slug"), "slug: 'Google Analytics' is not a short name"),
        (_put(" ", "name"), "name is empty."),
        (_put("Ireland", "country"), "country: 'Ireland' is not a country"),
        (_put("marketing", "category"), "category: 'marketing' is none of strictly_necessary"),
        (_put([], "purposes"), "purposes is empty."),
        (_put(["spying"], "purposes"), "purposes: 'spying' is none of"),
        (_put(["tag", "cookie", "tag"], "technologies"), "technologies: 'tag' is there twice."),
        (_put(["cookie", "cooky"], "technologies"), "technologies: 'cooky' is none of"),
        (_put(["tag"], "technologies"), "technologies: 'cookie' is missing, but cookies[0] is one."),
        (
            _put("http://example.com/", "privacy_notice_url"),
            "privacy_notice_url: 'http://example.com/' is not",
        ),
        (_put("", "privacy_notice_url"), "privacy_notice_url: '' is not an address"),
        (_put("javascript:alert(1)", "opt_out_url"), "opt_out_url: 'javascript:alert(1)' is not an address"),
        (_put("https://user@example.com/", "opt_out_url"), "opt_out_url: 'https://user@example.com/' is not"),
        (_put([], "hosts"), "hosts is empty."),
        (_put(["https://a.example"], "hosts"), "hosts[0]: 'https://a.example' is not a host"),
        (_put(["*"], "hosts"), "hosts[0]: '*' is not a host"),
        (_put(["{place}"], "hosts"), "{place} is used in a step or a host, but no parameter has that name."),
        (_drop("purpose", "de"), "purpose.de is missing."),
        (_put("", "purpose", "en"), "purpose.en is empty."),
        (_put("Une", "purpose", "fr"), "purpose.fr is an unknown key."),
        (_put([], "sources"), "sources is empty."),
        (_put("ftp://a.example", "sources", 0, "url"), "sources[0].url: 'ftp://a.example' is not an address"),
        (_put(["two\nlines"], "unconfirmed"), "unconfirmed[0] must be one line"),
        (_put("2 years", "cookies", 0, "lifetime"), "cookies[0].lifetime: '2 years' is not a lifetime."),
        (_put("magic", "cookies", 0, "technology"), "cookies[0].technology: 'magic' is none of"),
        (_put("second", "cookies", 0, "party"), "cookies[0].party: 'second' is none of first, third."),
        (_put("third", "cookies", 0, "party"), "cookies[0].domain: '' is not a host"),
        (
            _put("a.example", "cookies", 0, "domain"),
            "cookies[0].domain must be empty where the party is first.",
        ),
        (_put("a b", "cookies", 0, "name"), "cookies[0].name: 'a b' is not a name or pattern."),
        (_drop("cookies", 0, "purpose", "en"), "cookies[0].purpose.en is missing."),
        (
            _put(["managed", "magic"], "load_modes"),
            "load_modes: 'magic' is none of managed, gated, signalled.",
        ),
        (_put(["gated"], "load_modes"), "load_modes: managed and a loader belong together."),
        (_drop("loader"), "load_modes: managed and a loader belong"),
        (_drop("signals"), "load_modes: signalled needs signals."),
        (_put("(", "parameters", 0, "pattern"), "parameters[0].pattern: '(' is not a pattern"),
        (_put(".*", "parameters", 0, "pattern"), "parameters[0].pattern must not allow an empty value."),
        (_put("UA-1", "parameters", 0, "example"), "parameters[0].example: 'UA-1' does not fit the pattern."),
        (_put("Stream ID", "parameters", 0, "name"), "parameters[0].name: 'Stream ID' is not a name"),
        (_put("stream", "parameters", 0, "name"), "{measurement_id} is used in a step or a host"),
        (_put("stream", "parameters", 0, "name"), "parameters: 'stream' is used in no step and no host."),
        (_put(["run", "x"], "loader", 0), "loader[0]: ['run', 'x'] does not begin with one of set, stub"),
        (_put("gtag", "loader", 0), "loader[0]: 'gtag' does not begin with one of"),
        (_put(["set", "x"], "loader", 0), "loader[0]: set does not take 1 arguments."),
        (_put(["push", "x"], "loader", 0), "loader[0]: push does not take 1 arguments."),
        (_put(["call", "eval", "1"], "loader", 0), "loader[0]: 'eval' is not a name that call may use."),
        (
            _put(["call", "document.write", "1"], "loader", 0),
            "'document.write' is not a name that call may use.",
        ),
        (
            _put(["set", "location", "x"], "loader", 0),
            "loader[0]: 'location' is not a name that set may use.",
        ),
        (_put(["stub", "a b", "q"], "loader", 0), "loader[0]: 'a b' is not a name that stub may use."),
        (
            _put(["script", "//a.example/x.js"], "loader", 0),
            "loader[0]: '//a.example/x.js' is not an address",
        ),
        (
            _put(["script", "https://a.example/x.js", {"onload": "x"}], "loader", 0),
            "loader[0]: 'onload' is not an attribute that a script may get.",
        ),
        (_put(["gtag", "x", 1.5], "loader", 0), "loader[0]: 1.5 cannot be published."),
        (_put(["gtag", "@later"], "loader", 0), "loader[0]: '@later' refers to nothing."),
        (_put(["gtag", "@performance"], "loader", 0), "loader[0]: '@performance' refers to nothing."),
        (
            _put([["gtag", "x", {"a": ["?marketing"]}]], "signals", 0, "update"),
            "'?marketing' refers to nothing.",
        ),
        (_put([], "signals", 0, "later"), "signals[0].later is an unknown key."),
        (_put({"name": "empty"}, "signals", 0), "signals[0] has no steps."),
        (
            _put([["script", "https://a.example/x.js"]], "signals", 0, "grant"),
            "signals[0].grant[0]: a signal loads no script.",
        ),
        (_drop("signalled_note"), "signalled_note belongs to partners that may be signalled, and to no others."),
        (_put(["managed", "gated"], "load_modes"), "signalled_note belongs to partners that may be signalled"),
        (_put("two\nlines", "signalled_note"), "signalled_note must be one line"),
        (_put(["marketing"], "answers_for"), "answers_for: 'marketing' is none of performance"),
        (_put([], "answers_for"), "answers_for is empty."),
        (_drop("signals"), "answers_for needs signals."),
        (_put("It has to.", "justification"), "justification is for platforms only."),
        (_put([["gtag", "consent"]], "signals", 0, "answer"), "signals: answer is for platforms only."),
        (_put(True, "platform"), "category: a platform is strictly necessary."),
        (_put(True, "platform"), "load_modes: a platform is signalled, and nothing else."),
        (_put(True, "platform"), "justification is empty."),
        (
            _put([["call", "x", "?performance:yes:no"]], "signals", 0, "grant"),
            "signals[0].grant[0]: '?performance:yes:no' refers to nothing.",
        ),
        (
            _put([["call", "x", "@callback"]], "signals", 0, "deny"),
            "signals[0].deny[0]: '@callback' refers to nothing.",
        ),
        (
            _put([["call", "x", "?marketing:yes:no"]], "signals", 0, "answer"),
            "signals[0].answer[0]: '?marketing:yes:no' refers to nothing.",
        ),
    ],
)
def test_template_fault_is_named(sound, spoil, sentence):
    spoil(sound)
    faults = validate_template(sound, "google-analytics.toml")

    assert any(fault.startswith("google-analytics.toml: ") and sentence in fault for fault in faults), faults


def test_template_faults_are_all_reported(sound):
    sound["country"], sound["category"], sound["cookies"][1]["lifetime"] = "Ireland", "marketing", "long"

    assert len(validate_template(sound, "google-analytics.toml")) == 3


def test_template_survives_any_type(sound):
    values: tuple[Any, ...] = (None, 1, "x", [], [1], {}, [{}], [[]])
    for key in sound:
        for value in values:
            spoiled = {**copy.deepcopy(sound), key: value}
            assert all(isinstance(fault, str) for fault in validate_template(spoiled, "google-analytics.toml"))
    nothing: Any = []
    assert validate_template(nothing, "x.toml") == ["x.toml: The file is not a table."]


def test_library_refuses_to_load_with_every_fault(tmp_path):
    (tmp_path / "broken.toml").write_text("slug =", encoding="utf-8")
    (tmp_path / "empty.toml").write_text("", encoding="utf-8")

    with pytest.raises(LibraryError) as error:
        read_library(tmp_path)

    assert "broken.toml: not readable as TOML" in str(error.value)
    assert "empty.toml: slug is missing." in str(error.value)


def test_library_refuses_two_meanings_of_one_signal(tmp_path):
    for name in ("google-analytics.toml", "google-ads.toml"):
        text = (FOLDER / name).read_text(encoding="utf-8")
        if name == "google-ads.toml":
            text = text.replace('ad_storage = "denied"', 'ad_storage = "granted"')
        (tmp_path / name).write_text(text, encoding="utf-8")

    with pytest.raises(LibraryError, match=r"google-consent-mode differs from that in google-ads\.toml"):
        read_library(tmp_path)


def test_library_refuses_two_that_answer_for_the_same(tmp_path):
    for name in ("google-analytics.toml", "google-ads.toml"):
        text = (FOLDER / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace('["targeting"]', '["performance"]'), encoding="utf-8")

    with pytest.raises(LibraryError, match=r"answers_for: google-ads\.toml answers for performance already"):
        read_library(tmp_path)


PARAMETERS = [
    pytest.param(partner, parameter, id=f"{partner.slug}-{parameter.name}")
    for partner in load_library().values()
    for parameter in partner.parameters
]


@pytest.mark.parametrize(("partner", "parameter"), PARAMETERS)
def test_parameter_accepts_its_example_and_asks_with_it(partner, parameter):
    examples = {each.name: each.example for each in partner.parameters}

    assert parameter_errors(partner, examples) == {}
    missing = parameter_errors(partner, {**examples, parameter.name: ""})
    assert missing == {parameter.name: f"{parameter.label} is missing. An example: {parameter.example}"}


# What would end a text, an address, a path or a placeholder, or be taken for a reference.
STRANGE = (
    'x"y',
    "a/b",
    "a b",
    "../x",
    "{other}",
    "@now",
    "?partner",
    "<x>",
    "a\\b",
    "x&y",
    "x#y",
    "é",
    "٣",
    "-",
    " ",
    "\n",
)


@pytest.mark.parametrize(("partner", "parameter"), PARAMETERS)
def test_parameter_refuses_what_could_leave_its_place(partner, parameter):
    message = f"This does not look like a {parameter.label}. An example: {parameter.example}"
    examples = {each.name: each.example for each in partner.parameters}

    for strange in STRANGE:
        for wrong in (strange, parameter.example + strange, strange + parameter.example):
            errors = parameter_errors(partner, {**examples, parameter.name: wrong})
            assert errors == {parameter.name: message}, wrong


@pytest.mark.parametrize(
    ("slug", "name", "value"),
    [
        ("google-analytics", "measurement_id", "UA-1234-1"),
        ("google-analytics", "measurement_id", "g-ab12cd34ef"),
        ("google-tag-manager", "container_id", "G-AB12CD34EF"),
        ("google-ads", "conversion_id", "123456789"),
        ("hubspot", "portal_id", "eu1-1234567"),
        ("hubspot", "region", "na1.evil"),
        ("matomo", "host", "https://example.matomo.cloud"),
        ("matomo", "host", "example.matomo.cloud/path"),
        ("matomo", "host", "localhost"),
        ("freshchat", "cdn_host", "evil.example"),
        ("freshchat", "cdn_host", "fw-cdn.com.evil.example"),
        ("microsoft-clarity", "project_id", "x" * 500),
        ("plausible", "domain", "https://example.com"),
        ("sentry-browser", "loader_host", "js.sentry-cdn.com.evil.example"),
        ("crazy-egg", "account_path", "00123456"),
        ("contentsquare", "tag_id", "1234567"),
        ("klaviyo", "public_key", "pk_0123456789abcdef"),
        ("taboola", "account_id", "publisher-name"),
        ("tawk-to", "property_id", "0123456789abcdef01234567/default"),
        ("zendesk-chat", "widget_key", "example.zendesk.com"),
    ],
)
def test_parameter_refuses_what_is_meant_for_something_else(slug, name, value):
    assert name in parameter_errors(load_library()[slug], {name: value})


def test_parameter_that_nobody_asked_for_is_refused():
    template = load_library()["vimeo"]

    assert parameter_errors(template, {"x": "1"}) == {"x": "Vimeo has no parameter called x."}


def test_parameter_that_is_no_text_is_refused():
    number: Any = 7
    assert "measurement_id" in parameter_errors(load_library()["google-analytics"], {"measurement_id": number})


def test_fill_replaces_placeholders_at_any_depth():
    steps = (
        ("set", "x", {"id": "{id}", "list": ("a-{id}", 6, True, None)}),
        ("script", "https://x/{id}/{id}.js"),
    )

    assert fill(steps, {"id": "7"}) == [
        ["set", "x", {"id": "7", "list": ["a-7", 6, True, None]}],
        ["script", "https://x/7/7.js"],
    ]


def test_fill_leaves_alone_what_has_no_value():
    assert fill("{other} {id} { }", {"id": "{other}"}) == "{other} {other} { }"


def test_fill_leaves_the_library_as_it_is():
    template = load_library()["google-analytics"]
    filled = fill(template.loader, {"measurement_id": "G-TEST000001"})
    filled[0].append("changed")

    assert filled[2][1] == "https://www.googletagmanager.com/gtag/js?id=G-TEST000001"
    assert template.loader[0] == ("gtag", "js", "@now")

"""Where a hosted page stands, what language it speaks, and how a choice travels back: rules without a request."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from consent.consent_cookie import StoredChoice
from consent.deciding import deciding_regimes
from consent.pages.choice import (
    Choice,
    Submitted,
    UnknownChoice,
    read_choice,
    signal_note,
)
from consent.pages.languages import choose_language
from consent.pages.situation import Situation, allowed_return, find_situation, with_choice
from consent.pages.wordings import country_name, lifetime_words
from consent.privacy_signals import Signals
from tests.node import node_command

SNIPPET = Path(__file__).parents[2] / "static" / "snippet"
PLATFORM = "https://consent.example"
DOMAINS = ("https://www.numonix.example", "https://*.numonix.cloud", "http://127.0.0.1:*")
BACK = "https://www.numonix.example/prices?a=1#top"


def situation(own: str = PLATFORM, return_url: str | None = None) -> Situation:
    return find_situation(own_origin=own, platform_origin=PLATFORM, domains=(*DOMAINS, PLATFORM), return_url=return_url)


def test_situation_is_own_under_the_websites_domain() -> None:
    assert situation("https://www.numonix.example") == Situation("own")
    assert situation("http://127.0.0.1:8000").kind == "own"


def test_situation_is_never_own_on_the_platform_even_where_it_is_an_allowed_domain() -> None:
    assert situation(PLATFORM).kind == "elsewhere"


def test_situation_is_elsewhere_on_a_foreign_domain() -> None:
    assert situation("https://www.numonix.example.evil.example") == Situation("elsewhere")


def test_situation_returns_to_an_allowed_domain() -> None:
    assert situation(return_url=BACK) == Situation("return", BACK, "https://www.numonix.example")


def test_situation_is_own_with_a_way_back_on_the_same_domain() -> None:
    found = situation("https://www.numonix.example", BACK)
    assert (found.kind, found.return_url) == ("own", BACK)


def test_situation_returns_where_the_way_back_is_another_of_the_websites_domains() -> None:
    assert situation("https://www.numonix.example", "https://shop.numonix.cloud/").kind == "return"


def test_situation_ignores_a_foreign_return_and_says_so() -> None:
    assert situation(return_url="https://evil.example/") == Situation("elsewhere", ignored_return=True)
    own = situation("https://www.numonix.example", "https://evil.example/")
    assert own == Situation("own", ignored_return=True)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "//www.numonix.example/",
        "/p/numonix/",
        "javascript:alert(1)//https://www.numonix.example",
        "http://www.numonix.example/",
        "https://www.numonix.example@evil.example/",
        "https://user:word@www.numonix.example/",
        # Browsers read a backslash as a slash: these hosts are evil.example to them.
        "https://evil.example\\.numonix.cloud/",
        "https://evil.example\\@www.numonix.example/",
        "https://evil.example%2f.numonix.cloud/",
        "https://evil.example\t.numonix.cloud/",
        "https://www.numonix.example/\r\nSet-Cookie: a=1",
        "https://www.numonix.example:99999/",
        "https://www.numonix.example/" + "a" * 3000,
        "",
    ],
)
def test_return_that_is_not_the_websites_is_refused(url: str) -> None:
    assert allowed_return(url, DOMAINS) is None


@pytest.mark.parametrize(
    "url", [BACK, "https://www.numonix.example", "https://a.b.numonix.cloud:443/x", "http://127.0.0.1:8000/demo/"]
)
def test_return_on_the_websites_domains_is_allowed(url: str) -> None:
    assert allowed_return(url, DOMAINS) == url


CHOICES = [
    ({"performance": True, "functional": True, "targeting": True}, {}, "pft"),
    ({"performance": False, "functional": False, "targeting": False}, {}, "-"),
    ({"performance": True, "functional": False, "targeting": False}, {"zoom": True, "ads": False}, "p.!ads~*zoom"),
]


@pytest.mark.parametrize(("categories", "partners", "written"), CHOICES)
def test_choice_replaces_the_fragment_of_the_way_back(
    categories: dict[str, bool], partners: dict[str, bool], written: str
) -> None:
    url = with_choice(BACK, categories=categories, partners=partners)
    assert url == f"https://www.numonix.example/prices?a=1#sayso={written}"


def test_choice_in_the_fragment_is_read_by_the_snippet_as_it_was_written() -> None:
    hashes = [
        "#" + with_choice("https://x.example/", categories=categories, partners=partners).partition("#")[2]
        for categories, partners, _ in CHOICES
    ]
    script = f"""
        import {{ returned }} from {json.dumps((SNIPPET / "fragment.js").as_uri())};
        console.log(JSON.stringify({json.dumps(hashes)}.map(returned)));
    """
    command = [*node_command(), "--input-type=module", "--eval", script]
    read = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    assert read == [{"categories": categories, "partners": partners} for categories, partners, _ in CHOICES]


@pytest.mark.parametrize(
    ("asked", "accepted", "expected"),
    [
        ("de", "en", "de"),
        ("fr", "de;q=0.5", "de"),
        (None, "fr, de;q=0.8, en;q=0.9", "en"),
        (None, "de-AT", "de"),
        (None, "pt", "pt-BR"),
        (None, "de;q=0, en;q=0.1", "en"),
        (None, "de;q=nonsense", "en"),
        (None, "", "en"),
        ("", "*", "en"),
        ("DE", "", "de"),
    ],
)
def test_language_is_the_asked_one_else_the_browsers_else_the_default(
    asked: str | None, accepted: str, expected: str
) -> None:
    assert choose_language(asked=asked, accepted=accepted, offered=["en", "de", "pt-BR"], default="en") == expected


PAYLOAD = {
    "partners": [
        {"slug": "login", "category": "strictly_necessary"},
        {"slug": "analytics", "category": "performance"},
        {"slug": "chat", "category": "functional"},
    ],
    "regimes": [{"code": "eu", "model": "opt_in", "signals": ["dnt", "gpc"], "grant_days": 180, "refusal_days": 180}],
}


def chosen(action: str = "save", categories: str = "", kept: str = "", allowed: str = "") -> Choice:
    return read_choice(Submitted(action, categories.split(), kept.split(), allowed.split()), PAYLOAD)


def test_choice_of_all_or_nothing_ignores_the_boxes() -> None:
    everything = chosen("accept_all", kept="", allowed="")
    nothing = chosen("reject_all", "performance functional", "analytics chat", "analytics chat")
    assert set(everything.categories.values()) == {True}
    assert set(nothing.categories.values()) == {False}
    assert everything.partners == nothing.partners == {}


def test_choice_of_a_category_takes_its_partners_along() -> None:
    choice = chosen(categories="performance", kept="analytics chat")
    assert choice.categories == {"performance": True, "functional": False, "targeting": False}
    assert choice.partners == {}


def test_choice_against_a_partner_is_an_exception() -> None:
    assert chosen(categories="performance", kept="chat").partners == {"analytics": False}


def test_choice_for_a_partner_alone_is_an_exception() -> None:
    assert chosen(kept="analytics chat", allowed="chat").partners == {"chat": True}


def test_choice_left_over_from_an_unticked_category_grants_nothing() -> None:
    """The visitor unticks a category and leaves the boxes inside it as they were."""
    choice = chosen(categories="", kept="analytics chat")
    assert not any(choice.categories.values())
    assert choice.partners == {}


@pytest.mark.parametrize(
    "fields",
    [
        {"action": ""},
        {"action": "withdraw"},
        {"categories": "performance spying"},
        {"categories": "strictly_necessary"},
        {"kept": "nobody"},
        {"allowed": "nobody"},
        {"allowed": "login"},
        {"action": "reject_all", "kept": "nobody"},
    ],
)
def test_choice_that_names_what_the_version_lacks_is_unknown(fields: dict[str, str]) -> None:
    with pytest.raises(UnknownChoice):
        chosen(**fields)


STORED = StoredChoice("a" * 12, 0, {"performance": True}, "x", "eu", Signals(gpc=True))
REFUSED = StoredChoice("a" * 12, 0, {"performance": False}, "x", "eu", Signals())


@pytest.mark.parametrize(
    ("signals", "policy", "reason", "stored", "note"),
    [
        (Signals(), "honour", "undecided", None, None),
        (Signals(dnt=True), "honour", "signal", None, "signal_dnt"),
        (Signals(gpc=True), "honour", "signal", None, "signal_gpc"),
        (Signals(dnt=True, gpc=True), "honour", "signal", None, "signal_both"),
        (Signals(dnt=True), "disregard", "undecided", None, "signal_disregarded"),
        (Signals(dnt=True, gpc=True), "disregard", "signal", None, "signal_gpc"),
        (Signals(gpc=True), "honour", "decided", STORED, "signal_answered"),
        (Signals(dnt=True), "honour", "signal", STORED, "signal_dnt"),
        (Signals(gpc=True), "honour", "decided", REFUSED, "signal_gpc"),
    ],
)
def test_note_says_what_the_signal_has_answered(
    signals: Signals, policy: str, reason: str, stored: StoredChoice | None, note: str | None
) -> None:
    regime = deciding_regimes(PAYLOAD)[0]
    assert signal_note(signals=signals, dnt_policy=policy, regime=regime, reason=reason, stored=stored) == note


def test_note_speaks_of_sale_where_the_law_does() -> None:
    california = replace(deciding_regimes(PAYLOAD)[0], model="opt_out", reach="sale_or_share")

    def note(reason: str, stored: StoredChoice | None) -> str | None:
        return signal_note(
            signals=Signals(gpc=True), dnt_policy="honour", regime=california, reason=reason, stored=stored
        )

    assert note("signal", None) == "signal_sale"
    allowed = {"performance": True, "targeting": True}
    assert note("decided", replace(STORED, categories=allowed)) == "signal_answered"
    # What a signal does not reach does not contradict it.
    assert note("decided", replace(STORED, categories={**allowed, "targeting": False})) == "signal_sale"


@pytest.mark.parametrize(
    ("lifetime", "language", "words"),
    [
        ("13 month", "en", "13 months"),
        ("1 year", "en", "1 year"),
        ("30 minute", "de", "30 Minuten"),
        ("180 day", "it", "180 giorni"),
        ("session", "en", "until it closes"),
        ("13 month", "tlh", "13 months"),
    ],
)
def test_lifetime_is_said_in_the_visitors_language(lifetime: str, language: str, words: str) -> None:
    assert lifetime_words(lifetime, {"lifetime_session": "until it closes"}, language) == words


def test_country_is_named_in_the_visitors_language() -> None:
    assert [country_name("IE", language) for language in ("en", "de")] == ["Ireland", "Irland"]
    assert country_name("XQ", "en") == "XQ"

"""Each rule of the check: what breaks it, and that a sound website breaks none."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError

from consent.checklist import LOADS_EARLY, Facts, blocking, findings
from consent.demo.facts import load_demo_sites
from consent.models import NoticeVersion
from consent.services.checking import acknowledge, acknowledgements, check_draft
from consent.services.demo import load_demo
from consent.services.drafting import save_languages, save_policy, save_texts
from consent.services.publishing import draft_payload, publish
from cookies.models import Cookie, Site
from tests.consent.conftest import NOW, add_partner, answer_for

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


@pytest.fixture
def sound(furnished: Site) -> dict[str, Any]:
    """A payload in two languages against which nothing speaks."""
    furnished.partners.update(privacy_notice_url="https://partner.example/privacy")
    save_languages(site=furnished, languages=["en", "de"])
    for row in (*furnished.partners.all(), *furnished.cookies.all()):
        row.purpose = {"en": "What it does.", "de": "Was es tut."}
        row.save()
    return draft_payload(furnished)


def partner(payload: dict[str, Any], slug: str) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in payload["partners"] if row["slug"] == slug)
    return found


def controller(**values: str) -> Callable[[dict[str, Any]], None]:
    return lambda payload: payload["site"]["controller"].update(values)


def look(**values: str) -> Callable[[dict[str, Any]], None]:
    return lambda payload: payload["appearance"].update(values)


def changed(slug: str, **values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda payload: partner(payload, slug).update(values)


def row(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda payload: payload["regimes"][0].update(values)


def text(language: str, key: str, words: str) -> Callable[[dict[str, Any]], None]:
    return lambda payload: payload["texts"][language].update({key: words})


def cookie_purpose(purpose: dict[str, str]) -> Callable[[dict[str, Any]], None]:
    return lambda payload: payload["cookies"][-1].update(purpose=purpose)


def no_cookies_of_chat(payload: dict[str, Any]) -> None:
    payload["cookies"] = [cookie for cookie in payload["cookies"] if cookie["partner"] != "chat"]


ON = {"performance": False, "functional": False, "targeting": True}
# What is done to a sound payload, what is found, whether it blocks, and where it is mended.
BROKEN: list[tuple[Callable[[dict[str, Any]], None], str, bool, str, str]] = [
    (controller(name=" "), "no_controller", True, "details", "controller_name"),
    (controller(contact=""), "no_controller", True, "details", "controller_contact"),
    (controller(privacy_policy_url=""), "no_privacy_notice", True, "details", "privacy_policy_url"),
    (lambda payload: payload["texts"].pop("de"), "texts_missing", True, "texts", ""),
    (text("de", "save", " "), "texts_missing", True, "texts", "save"),
    (text("de", "reject_all", "Alle  AKZEPTIEREN."), "reject_not_equal", True, "texts", "reject_all"),
    (text("en", "reject_all", "Cookie settings"), "reject_not_equal", True, "texts", "reject_all"),
    (look(reject_colour="#eeeeee"), "reject_not_equal", True, "look", ""),
    (row(first_layer=["accept_all", "choose"]), "reject_not_equal", True, "policy", "scope"),
    (look(brand_colour="#ffee00"), "contrast", True, "look", "brand_text_colour"),
    (look(dark_brand_colour="#111111"), "contrast", True, "look", "dark_brand_text_colour"),
    (
        changed("chat", category="strictly_necessary"),
        "necessary_without_reason",
        True,
        "partner-necessity",
        "necessity_justification",
    ),
    (
        changed("ads", category="strictly_necessary", necessity_justification="It pays."),
        "advertising_without_yes",
        True,
        "partner",
        "category",
    ),
    (changed("ads", category="functional"), "advertising_elsewhere", False, "partner", "category"),
    (row(defaults=ON), "ticked_beforehand", True, "policy", "scope"),
    (row(grant_days=396), "remembered_too_long", True, "policy", "grant_days"),
    (row(grant_days=395), "remembered_long", False, "policy", "grant_days"),
    (changed("ads", load_mode="signalled"), LOADS_EARLY, True, "acknowledge", "reason"),
    (changed("chat", privacy_notice_url=""), "partner_without_notice", False, "partner", "privacy_notice_url"),
    (no_cookies_of_chat, "partner_without_cookies", False, "cookies", ""),
    (changed("chat", purpose={}), "partner_without_purpose", True, "partner", ""),
    (changed("chat", purpose={"en": "Chats."}), "partner_purpose_not_translated", False, "partner", ""),
    (cookie_purpose({"en": " "}), "cookie_without_purpose", True, "cookies", ""),
    (cookie_purpose({"en": "Counts."}), "cookie_purpose_not_translated", False, "cookies", ""),
]


def test_sound_payload_has_no_findings(sound: dict[str, Any]) -> None:
    assert findings(sound) == []


@pytest.mark.parametrize(("spoil", "code", "blocks", "page", "field"), BROKEN, ids=range(len(BROKEN)))
def test_broken_rule_is_found_with_its_source_and_its_cure(
    spoil: Callable[[dict[str, Any]], None], code: str, blocks: bool, page: str, field: str, sound: dict[str, Any]
) -> None:
    broken = copy.deepcopy(sound)
    spoil(broken)
    (found,) = findings(broken)
    assert (found.code, found.is_blocking, found.page, found.field) == (code, blocks, page, field)
    assert found.source.name
    assert found.source.url.startswith("https://")
    assert found.sentence.endswith(".")


def test_what_blocks_comes_first(sound: dict[str, Any]) -> None:
    changed("chat", privacy_notice_url="", purpose={})(sound)
    assert [found.is_blocking for found in findings(sound)] == [True, False]


def test_advertising_under_the_exception_for_statistics_blocks(sound: dict[str, Any]) -> None:
    changed("ads", category="performance")(sound)
    assert {found.code for found in findings(sound)} == {"advertising_elsewhere"}
    row(code="uk-statistics", defaults={"performance": True, "functional": False, "targeting": False})(sound)
    assert {found.code for found in findings(sound)} == {"advertising_without_yes"}


def test_rule_without_a_question_is_measured_by_its_own_law(sound: dict[str, Any]) -> None:
    row(model="opt_out", defaults=ON, grant_days=400, first_layer=["notice"])(sound)
    changed("ads", load_mode="signalled")(sound)
    assert findings(sound) == []


def test_acknowledged_early_loader_is_advice(sound: dict[str, Any]) -> None:
    changed("ads", load_mode="signalled")(sound)
    assert blocking(findings(sound, Facts(acknowledged=frozenset({(LOADS_EARLY, "chat")}))))
    (found,) = findings(sound, Facts(acknowledged=frozenset({(LOADS_EARLY, "ads")})))
    assert not found.is_blocking


def test_own_words_in_one_language_only_are_advice(sound: dict[str, Any]) -> None:
    own_words = {"en": frozenset({"banner_title"})}
    (found,) = findings(sound, Facts(own_words=own_words))
    assert (found.code, found.is_blocking, found.language) == ("texts_not_translated", False, "de")
    assert findings(sound, Facts(own_words={**own_words, "de": frozenset({"banner_title"})})) == []


def test_domain_never_seen_is_advice(sound: dict[str, Any]) -> None:
    (found,) = findings(sound, Facts(unseen_domains=("https://shop.example.com",)))
    assert (found.code, found.is_blocking, found.page) == ("domain_never_seen", False, "install")
    assert "https://shop.example.com" in found.sentence


def test_service_refuses_what_blocks_and_publishes_what_was_mended(furnished: Site) -> None:
    Site.objects.filter(pk=furnished.pk).update(controller_name="")
    furnished.refresh_from_db()
    with pytest.raises(ValidationError, match="Nobody is named"):
        publish(site=furnished, by="alice", now=NOW)
    assert not NoticeVersion.objects.exists()
    Site.objects.filter(pk=furnished.pk).update(controller_name="Numonix LLC")
    furnished.refresh_from_db()
    assert publish(site=furnished, by="alice", now=NOW)


def test_acknowledgement_lets_an_early_loader_through_until_it_is_taken_back(furnished: Site) -> None:
    add_partner(furnished, "early", "targeting", load_mode="signalled")
    with pytest.raises(ValidationError, match="Early loads before a yes"):
        publish(site=furnished, by="alice", now=NOW)
    answer_for(furnished, "early")
    assert publish(site=furnished, by="alice", now=NOW)
    acknowledge(
        site=furnished, code=LOADS_EARLY, partner="early", by="rita", now=NOW, reason="No longer.", stands=False
    )
    assert acknowledgements(furnished) == {}
    save_texts(site=furnished, language="en", texts={"banner_title": "Cookies?"})
    with pytest.raises(ValidationError, match="Early loads before a yes"):
        publish(site=furnished, by="alice", now=NOW)


@pytest.mark.parametrize(("code", "reason"), [(LOADS_EARLY, " "), ("no_controller", "We like it so.")])
def test_acknowledgement_needs_a_reason_and_something_open(code: str, reason: str, furnished: Site) -> None:
    with pytest.raises(ValidationError):
        acknowledge(site=furnished, code=code, partner="ads", by="rita", now=NOW, reason=reason)


def test_own_words_are_read_from_the_draft(furnished: Site) -> None:
    save_languages(site=furnished, languages=["en", "de"])
    save_texts(site=furnished, language="en", texts={"banner_title": "Cookies?"})
    save_policy(site=furnished, grant_days=365)
    codes = {found.code for found in check_draft(site=furnished, payload=draft_payload(furnished))}
    assert {"texts_not_translated", "remembered_long"} <= codes


def test_demonstration_websites_pass(db: None) -> None:
    assert set(load_demo(now=NOW)) == set(load_demo_sites())
    for site in Site.objects.all():
        assert blocking(check_draft(site=site, payload=draft_payload(site))) == []


def test_every_language_has_all_built_in_texts(furnished: Site) -> None:
    save_languages(site=furnished, languages=["en", "ar", "zh", "ga", "ja", "uk"])
    assert "texts_missing" not in {row.code for row in check_draft(site=furnished, payload=draft_payload(furnished))}


def test_cookies_with_the_same_fault_are_one_finding(sound: dict[str, Any], furnished: Site) -> None:
    Cookie.objects.bulk_create(
        Cookie(site=furnished, name=f"c{number}", own_category="functional", lifetime="1 day", purpose={})
        for number in range(7)
    )
    (found,) = blocking(findings(draft_payload(furnished)))
    assert found.sentence == "Cookies whose purpose is said nowhere: c0, c1, c2 and 4 more."

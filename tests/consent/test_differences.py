"""What a publication would change, in sentences that say who is asked again, from when, and what is announced."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from consent.differences import announcements, asks_again, changes, late_notices
from consent.models import Publication
from consent.news import news_between
from consent.regimes import in_force, resolved
from consent.services.drafting import save_languages, save_policy
from consent.services.publishing import draft_payload, publish
from cookies.models import Cookie, Site
from tests.consent.conftest import NOW, add_partner, answer_for

pytestmark = pytest.mark.django_db
CHRISTMAS = date(2026, 12, 25)
FIFTH = date(2026, 12, 5)


def frozen(publication: Publication) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads(bytes(publication.version.payload))
    return payload


def would_change(publication: Publication, site: Site, **when: Any) -> list[str]:
    return changes(frozen(publication), draft_payload(site), **when)


def rows_of(*codes: str, grant_days: int = 180, refusal_days: int = 180) -> list[dict[str, Any]]:
    return [resolved(row) for row in in_force(codes, grant_days=grant_days, refusal_days=refusal_days)]


def regime_changes(published: Publication, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    payload = frozen(published)
    return changes({**payload, "regimes": before}, {**payload, "regimes": after})


def test_unchanged_draft_changes_nothing(published: Publication, furnished: Site) -> None:
    assert would_change(published, furnished) == []


def test_first_version_is_all_new(furnished: Site) -> None:
    assert changes(None, draft_payload(furnished)) == ["This is the first version: everything is new."]


def test_new_partner_names_who_is_asked_again(published: Publication, furnished: Site) -> None:
    add_partner(furnished, "video", "functional")
    assert "Video is new, under functional. Who accepted functional is asked again." in would_change(
        published, furnished
    )


def test_strictly_necessary_partner_asks_nobody(published: Publication, furnished: Site) -> None:
    add_partner(furnished, "shield", "strictly_necessary", necessity_justification="Stops attacks.")
    sentences = " ".join(would_change(published, furnished))
    assert "Shield is new, under strictly necessary. It runs without asking, so nobody is asked again." in sentences


def test_moved_and_extended_partners_ask_again(published: Publication, furnished: Site) -> None:
    furnished.partners.filter(slug="chat").update(category="targeting")
    furnished.partners.filter(slug="ads").update(purposes=["advertising", "personalisation"])
    sentences = would_change(published, furnished)
    assert "Chat moves to targeting. Who accepted targeting is asked again." in sentences
    assert "Ads gets a new purpose. Who accepted targeting is asked again." in sentences


def test_wording_and_removal_ask_nobody(published: Publication, furnished: Site) -> None:
    furnished.partners.filter(slug="chat").update(legal_entity="Another Ltd")
    furnished.partners.filter(slug="ads").delete()
    sentences = would_change(published, furnished)
    assert "What is said about Chat changed. Nobody is asked again." in sentences
    assert "Ads is gone. Nobody is asked again." in sentences


def test_cookies_and_languages_are_named(published: Publication, furnished: Site) -> None:
    Cookie.objects.create(site=furnished, name="cart", own_category="functional", lifetime="session")
    Site.objects.filter(pk=furnished.pk).update(default_language="de")
    furnished.refresh_from_db()
    sentences = would_change(published, furnished)
    assert "New cookies: cart." in sentences
    assert "German is new as a language." in sentences
    assert "English is gone as a language." in sentences


def test_grace_says_from_when_who_is_asked(published: Publication, furnished: Site) -> None:
    add_partner(furnished, "video", "functional")
    assert (
        "Video is new, under functional. Who accepted functional is asked again from 25 December 2026; until then it "
        "stays off for them."
    ) in would_change(published, furnished, asked_from=CHRISTMAS)


def test_partner_that_starts_later_is_off_for_everybody_until_then(published: Publication, furnished: Site) -> None:
    add_partner(furnished, "video", "functional", starts_on=FIFTH)
    assert (
        "Video is new, under functional. It works from 5 December 2026; until then it is off for everybody. Who "
        "accepted functional is asked again then."
    ) in would_change(published, furnished, now=NOW)


def test_grace_that_ends_after_the_start_is_what_counts(published: Publication, furnished: Site) -> None:
    add_partner(furnished, "video", "functional", starts_on=FIFTH)
    said = " ".join(would_change(published, furnished, now=NOW, asked_from=CHRISTMAS))
    assert "asked again from 25 December 2026" in said
    said = " ".join(would_change(published, furnished, now=NOW, asked_from=FIFTH - timedelta(days=2)))
    assert "asked again then." in said


def test_start_that_has_come_is_no_news(published: Publication, furnished: Site) -> None:
    add_partner(furnished, "video", "functional", starts_on=NOW.date() - timedelta(days=1))
    assert "Video is new, under functional. Who accepted functional is asked again." in would_change(
        published, furnished, now=NOW
    )


def test_moved_start_is_said_without_asking_anybody(published: Publication, furnished: Site) -> None:
    furnished.partners.filter(slug="chat").update(starts_on=FIFTH)
    assert would_change(published, furnished, now=NOW) == [
        "Chat works from 5 December 2026; until then it is off for everybody."
    ]


def test_category_that_the_website_begins_to_use_asks_again(published: Publication, furnished: Site) -> None:
    Cookie.objects.create(site=furnished, name="cart", own_category="functional", lifetime="session")
    assert "The website itself now uses functional. Who accepted functional is asked again." in would_change(
        published, furnished
    )
    assert asks_again(frozen(published), draft_payload(furnished))


def test_only_what_is_new_and_optional_asks_again(published: Publication, furnished: Site) -> None:
    before = frozen(published)
    furnished.partners.filter(slug="ads").delete()
    add_partner(furnished, "shield", "strictly_necessary", necessity_justification="Stops attacks.")
    assert not asks_again(before, draft_payload(furnished))
    add_partner(furnished, "video", "functional")
    assert asks_again(before, draft_payload(furnished))
    assert not asks_again(None, draft_payload(furnished))


def test_signals_and_counting_are_said_by_name(published: Publication, furnished: Site) -> None:
    save_policy(site=furnished, dnt="disregard", dnt_explanation={"en": "So it is."}, count_impressions=True)
    assert would_change(published, furnished) == [
        "Do Not Track is disregarded from now on, and the cookie list says so.",
        "Your explanation beside Do Not Track changed.",
        "Visits and signals are counted from now on, as numbers only.",
    ]


def test_rules_by_place_are_named_with_their_consequence(published: Publication) -> None:
    said = regime_changes(published, rows_of(), rows_of("eu", "us-ca"))
    assert "ask this server once where they are" in said[0]
    assert said[1] == "European Union and EEA has a rule of its own. Nothing optional runs before a yes."
    assert said[2].startswith("California has a rule of its own. Everything runs until the visitor refuses.")
    assert len(said) == 3


def test_place_that_is_asked_first_from_now_on_is_named(published: Publication) -> None:
    assert regime_changes(published, rows_of("eu", "us-ca"), rows_of("eu", "us-ca-opt-in")) == [
        "California changes from “On until refused, with a lasting link” to “Asked first”. Nothing optional runs "
        "before a yes. The link “Your Privacy Choices” is there as well. Who was not asked there before is asked."
    ]


def test_place_without_a_rule_of_its_own_is_named(published: Publication) -> None:
    assert regime_changes(published, rows_of("eu", "us-ca"), rows_of("eu"))[0] == (
        "California has no rule of its own any more. Nothing optional runs there before a yes."
    )
    assert regime_changes(published, rows_of("eu", "us-ca"), rows_of()) == [
        "One rule holds for everybody again: nothing optional runs before a yes."
    ]


def test_memory_is_said_in_days_and_where_it_differs_by_place(published: Publication) -> None:
    assert regime_changes(published, rows_of(), rows_of(grant_days=90, refusal_days=200)) == [
        "A yes is remembered for 90 days, not 180.",
        "A no is remembered for 200 days, not 180.",
    ]
    assert regime_changes(published, rows_of("eu", "us-ca"), rows_of("eu", "us-ca", refusal_days=200)) == [
        "European Union and EEA: a no is remembered for 200 days, not 180."
    ]


def test_version_of_before_regimes_can_be_compared(published: Publication) -> None:
    old = [{"code": "eu", "model": "opt_in", "signals": ["dnt", "gpc"], "grant_days": 180, "refusal_days": 180}]
    assert regime_changes(published, old, rows_of()) == ["The rules by place follow an updated table of law."]


def test_announcement_is_what_visitors_read(published: Publication, furnished: Site) -> None:
    before = frozen(published)
    add_partner(furnished, "video", "functional", starts_on=FIFTH)
    add_partner(furnished, "maps", "functional")
    furnished.partners.filter(slug="ads").delete()
    draft = draft_payload(furnished)
    assert announcements(news_between(before, draft), draft, now=NOW) == [
        "New: Maps (Functional).",
        "New from December 5, 2026: Video (Functional).",
        "No longer used: Ads.",
    ]


def test_announcement_speaks_the_websites_language(published: Publication, furnished: Site) -> None:
    before = frozen(published)
    furnished.default_language = "de"
    furnished.save()
    save_languages(site=furnished, languages=["de"])
    add_partner(furnished, "video", "functional", starts_on=FIFTH)
    draft = draft_payload(furnished)
    (said,) = announcements(news_between(before, draft), draft, now=NOW)
    assert "5. Dezember 2026" in said


def test_promise_to_announce_partners_is_held_against_the_draft(published: Publication, furnished: Site) -> None:
    before, today = frozen(published), NOW.date()
    add_partner(furnished, "video", "functional")
    draft = draft_payload(furnished)
    assert late_notices(before, draft, notice_days=10, today=today) == [
        "Video would work at once. You announce new partners 10 days ahead: that is 2 December 2026."
    ]
    assert late_notices(before, draft, notice_days=0, today=today) == []
    furnished.partners.filter(slug="video").update(starts_on=today + timedelta(days=10))
    assert late_notices(before, draft_payload(furnished), notice_days=10, today=today) == []


def test_tag_that_begins_to_load_before_a_yes_is_named(published: Publication, furnished: Site) -> None:
    furnished.partners.filter(slug="ads").update(load_mode="signalled")
    assert would_change(published, furnished) == ["Ads loads before a yes, and is told what visitors decide."]
    add_partner(furnished, "video", "functional", load_mode="signalled")
    assert "Video loads before a yes, and is told what visitors decide." in would_change(published, furnished)
    # What is strictly necessary runs without a yes in any case.
    add_partner(
        furnished, "shop", "strictly_necessary", load_mode="signalled", necessity_justification="It is the shop."
    )
    assert not [said for said in would_change(published, furnished) if said.startswith("Shop loads")]


def test_tag_that_waits_again_is_named(published: Publication, furnished: Site) -> None:
    furnished.partners.filter(slug="ads").update(load_mode="signalled")
    answer_for(furnished, "ads")
    early = publish(site=furnished, by="alice", now=NOW)
    assert early
    furnished.partners.filter(slug="ads").update(load_mode="gated")
    assert would_change(early, furnished) == ["Ads waits for a yes from now on."]


def test_holding_back_automatically_is_said_both_ways(published: Publication, furnished: Site) -> None:
    save_policy(site=furnished, auto_block=True)
    (said,) = would_change(published, furnished)
    assert "held back automatically from now on" in said
    blocking = publish(site=furnished, by="alice", now=NOW)
    assert blocking
    save_policy(site=furnished, auto_block=False)
    (said,) = would_change(blocking, furnished)
    assert "no longer held back automatically" in said


def test_understanding_onetrust_is_said_both_ways(published: Publication, furnished: Site) -> None:
    save_policy(site=furnished, onetrust_shim=True)
    assert would_change(published, furnished) == [
        "Markup and tags that were written for OneTrust are understood from now on."
    ]
    with_shim = publish(site=furnished, by="alice", now=NOW)
    assert with_shim
    save_policy(site=furnished, onetrust_shim=False)
    assert would_change(with_shim, furnished) == [
        "Markup and tags that were written for OneTrust are no longer understood."
    ]

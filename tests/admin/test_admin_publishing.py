"""Publishing from the admin, the versions that come of it, and the preview before it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from consent.models import NoticeVersion, Publication
from consent.payload import canonical_json, digest_of
from consent.services.drafting import draft_digest, save_policy, save_texts
from consent.services.publishing import live_publication, put_live
from cookies.models import Partner, Site
from cookies.services.catalogue import add_library_partner
from tests.admin.conftest import url

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client


SCHEDULE = {"effective_at", "asked_from", "announced_until", "announcement_en"}


def add_youtube(site: Site, **facts: Any) -> None:
    add_library_partner(site=site, library="youtube", parameters={}, **facts)


def day(days: int) -> str:
    return f"{timezone.now() + timedelta(days=days):%Y-%m-%d}"


def in_words(days: int) -> str:
    moment = timezone.now() + timedelta(days=days)
    return f"{moment.day} {moment:%B %Y}"


def said(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def test_first_version_is_published(as_pia: Client, catalogue: Site) -> None:
    page = as_pia.get(url("publish", catalogue))
    assert page.context["sentences"] == ["This is the first version: everything is new."]
    answer = as_pia.post(url("publish", catalogue), {"draft": page.context["digest"], "reason": "Launch"})
    publication = Publication.objects.get()
    assert said(answer).startswith("Version 1 is live.")
    assert (publication.published_by, publication.reason) == ("pia", "Launch")
    assert LogEntry.objects.get().change_message == "Published version 1."


def test_publishing_an_unchanged_draft_publishes_nothing_and_says_so(as_alice: Client, published: Publication) -> None:
    assert "Nothing has changed since version 1." in as_alice.get(url("publish", published.site)).content.decode()
    answer = as_alice.post(url("publish", published.site), {})
    assert said(answer) == "Nothing has changed since version 1; nothing was published."
    assert Publication.objects.count() == 1
    assert not LogEntry.objects.exists()


def test_publish_page_says_what_changes_in_sentences(as_alice: Client, published: Publication) -> None:
    published.site.partners.update(category="targeting")
    save_texts(site=published.site, language="en", texts={"banner_title": "Cookies?"})
    page = as_alice.get(url("publish", published.site)).content.decode()
    assert "Google Analytics 4 moves to targeting. Who accepted targeting is asked again." in page
    assert " in English changed. Nobody is asked again because of wording." in page


def test_draft_that_changed_since_it_was_looked_at_is_not_published(as_alice: Client, catalogue: Site) -> None:
    looked_at = draft_digest(catalogue)
    save_texts(site=catalogue, language="en", texts={"banner_title": "Cookies?"})
    answer = as_alice.post(url("publish", catalogue), {"draft": looked_at, "reason": "Launch"})
    page = answer.content.decode()
    assert "has changed since you opened this page" in page
    assert 'value="Launch"' in page
    assert f'value="{draft_digest(catalogue)}"' in page
    assert not Publication.objects.exists()


def test_draft_with_more_partners_than_an_answer_can_name_is_not_published_and_says_why(
    as_alice: Client, catalogue: Site
) -> None:
    Partner.objects.bulk_create(
        Partner(site=catalogue, slug=f"p{number}", name="P", category="targeting", purpose={"en": "Ads."})
        for number in range(101)
    )
    answer = as_alice.post(url("publish", catalogue), {"draft": draft_digest(catalogue), "reason": "Launch"})
    page = answer.content.decode()
    assert "at most 100 partners one by one" in page
    assert 'value="Launch"' in page
    assert not Publication.objects.exists()


def test_versions_say_when_by_whom_and_why(as_alice: Client, published: Publication) -> None:
    page = as_alice.get(url("versions", published.site)).content.decode()
    for words in ("Version 1", "22 November 2026", "alice", "The first one", published.version.digest[:12], "Live"):
        assert words in page


def test_version_page_shows_texts_partners_cookies_and_the_bytes_to_check(
    as_alice: Client, published: Publication
) -> None:
    page = as_alice.get(url("version", published.site, 1)).content.decode()
    address = reverse("version", args=[published.version.digest])
    for words in ("Your choice about cookies", "Google Analytics 4", "sessionid", "until the browser closes", address):
        assert words in page


def test_unknown_version_is_not_found(as_alice: Client, published: Publication) -> None:
    assert as_alice.get(url("version", published.site, 2)).status_code == 404


def test_version_is_published_again(as_alice: Client, published: Publication) -> None:
    save_texts(site=published.site, language="en", texts={"banner_title": "Cookies?"})
    as_alice.post(url("publish", published.site), {})
    answer = as_alice.post(url("version-again", published.site, 1), {"reason": "Typo"})
    live = Publication.objects.latest("id")
    assert (live.version.ordinal, live.reason, live.published_by) == (1, "Typo", "alice")
    assert "Version 1 is live again" in said(answer)
    assert LogEntry.objects.latest("id").change_message == "Published version 1 again."


def test_live_version_is_not_published_twice(as_alice: Client, published: Publication) -> None:
    answer = as_alice.post(url("version-again", published.site, 1))
    assert "live already" in said(answer)
    assert Publication.objects.count() == 1


@pytest.mark.parametrize("person", ["alice", "root"])
def test_version_cannot_be_changed_deleted_or_added_in_the_admin(
    person: str, browse: Callable[[str], Client], published: Publication
) -> None:
    client, version = browse(person), published.version
    before = NoticeVersion.objects.values().get()
    change = reverse("admin:consent_noticeversion_change", args=[version.pk])
    assert client.get(change)["Location"] == url("version", published.site, 1)
    assert client.post(change, {"ordinal": "9", "digest": "0" * 64}).status_code == 403
    delete = reverse("admin:consent_noticeversion_delete", args=[version.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert client.post(reverse("admin:consent_noticeversion_add"), {"ordinal": "2"}).status_code == 403
    listing = reverse("admin:consent_noticeversion_changelist")
    sent = {"action": "delete_selected", "_selected_action": [version.pk]}
    assert client.post(listing, sent).status_code == 403
    assert NoticeVersion.objects.values().get() == before


def test_version_of_another_website_does_not_exist(as_mallory: Client, published: Publication) -> None:
    change = reverse("admin:consent_noticeversion_change", args=[published.version.pk])
    assert as_mallory.get(change).status_code == 404


def test_overview_lists_what_was_done_by_whom(as_alice: Client, catalogue: Site) -> None:
    as_alice.post(url("publish", catalogue), {})
    page = as_alice.get(url("overview", catalogue)).content.decode()
    assert "Published version 1." in page
    assert "alice" in page


def test_first_publication_asks_for_no_dates(as_alice: Client, catalogue: Site) -> None:
    save_policy(site=catalogue, grace_days=30, announce_days=14)
    page = as_alice.get(url("publish", catalogue))
    assert not SCHEDULE & set(page.context["form"].fields)
    # Whoever sends them all the same schedules nothing.
    as_alice.post(url("publish", catalogue), {"asked_from": day(30), "announced_until": day(14)})
    first = Publication.objects.get()
    assert (first.grace_until, first.announce_until, first.effective_at) == (None, None, first.published_at)


def test_dates_are_proposed_from_the_policy(as_alice: Client, published: Publication) -> None:
    site = published.site
    save_policy(site=site, grace_days=30, announce_days=14)
    # A change that asks nobody and announces nothing gives no reason for them.
    save_texts(site=site, language="en", texts={"banner_title": "Cookies?"})
    form = as_alice.get(url("publish", site)).context["form"]
    assert (form["asked_from"].value(), form["announced_until"].value()) == (None, None)
    add_youtube(site)
    page = as_alice.get(url("publish", site))
    form = page.context["form"]
    assert (str(form["asked_from"].value()), str(form["announced_until"].value())) == (day(30), day(14))
    assert form["effective_at"].value() is None
    assert f"is asked again from {in_words(30)}; until then it stays off for them." in page.content.decode()


def test_what_is_announced_is_shown_as_visitors_read_it(as_alice: Client, published: Publication) -> None:
    add_youtube(published.site)
    page = as_alice.get(url("publish", published.site))
    assert page.context["announced"] == ["New: YouTube (Functional)."]
    assert "New: YouTube (Functional)." in page.content.decode()


def test_publication_keeps_its_dates_and_words(as_alice: Client, published: Publication) -> None:
    site = published.site
    add_youtube(site)
    sent = {"asked_from": day(30), "announced_until": day(14), "announcement_en": "We show videos now."}
    answer = as_alice.post(url("publish", site), sent)
    latest = Publication.objects.latest("id")
    assert latest.effective_at == latest.published_at
    assert latest.grace_until == latest.published_at + timedelta(days=30)
    assert latest.announce_until
    assert f"{latest.announce_until:%Y-%m-%d %H:%M:%S}" == f"{day(14)} 23:59:59"
    assert latest.announcement == {"en": "We show videos now."}
    assert said(answer) == (
        "Version 2 is live. Visitors meet it within a few minutes. "
        f"Those who have chosen are asked from {in_words(30)}. What changed is said until {in_words(14)}."
    )


def test_empty_dates_ask_at_once_and_say_nothing(as_alice: Client, published: Publication) -> None:
    save_policy(site=published.site, grace_days=30, announce_days=14)
    add_youtube(published.site)
    as_alice.post(url("publish", published.site), {"asked_from": "", "announced_until": ""})
    latest = Publication.objects.latest("id")
    assert (latest.grace_until, latest.announce_until) == (None, None)


def test_version_takes_effect_when_it_is_to(as_alice: Client, published: Publication) -> None:
    site = published.site
    add_youtube(site)
    answer = as_alice.post(url("publish", site), {"effective_at": f"{day(5)}T10:00", "asked_from": day(35)})
    latest = Publication.objects.latest("id")
    assert f"{latest.effective_at:%Y-%m-%d %H:%M}" == f"{day(5)} 10:00"
    assert latest.grace_until == latest.effective_at + timedelta(days=30)
    assert f"Version 2 takes effect on {in_words(5)}, 10:00 UTC." in said(answer)
    assert live_publication(site, now=timezone.now()) == published
    assert LogEntry.objects.get().change_message == f"Published version 2, in effect from {in_words(5)}, 10:00 UTC."
    page = as_alice.get(url("publish", site)).content.decode()
    assert f"Version 2 takes effect on {in_words(5)}, 10:00 UTC." in page


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"effective_at": "2026-01-01T10:00"}, "effective_at"),
        ({"effective_at": "soon"}, "effective_at"),
        ({"asked_from": "2026-01-01"}, "asked_from"),
        ({"announced_until": "2026-01-01"}, "announced_until"),
        ({"asked_from": "2126-01-01"}, "asked_from"),
    ],
)
def test_wrong_dates_are_refused_at_their_field(
    sent: dict[str, str], field: str, as_alice: Client, published: Publication
) -> None:
    add_youtube(published.site)
    answer = as_alice.post(url("publish", published.site), {**sent, "reason": "Videos", "announcement_en": "Videos."})
    assert list(answer.context["form"].errors) == [field]
    page = answer.content.decode()
    for typed in (*sent.values(), "Videos", "Videos."):
        assert f'value="{typed}"' in page
    assert Publication.objects.count() == 1


def test_announcing_needs_something_to_say(as_alice: Client, published: Publication) -> None:
    save_texts(site=published.site, language="en", texts={"banner_title": "Cookies?"})
    sent = {"announced_until": day(14)}
    answer = as_alice.post(url("publish", published.site), sent)
    assert "nothing to say" in answer.context["form"].errors["announced_until"][0]
    as_alice.post(url("publish", published.site), {**sent, "announcement_en": "Our address changed."})
    assert Publication.objects.latest("id").announcement == {"en": "Our address changed."}


def test_broken_promise_about_new_partners_is_said_before_publishing(as_alice: Client, published: Publication) -> None:
    Site.objects.filter(pk=published.site_id).update(partner_notice_days=10)
    add_youtube(published.site)
    page = as_alice.get(url("publish", published.site)).content.decode()
    assert f"YouTube would work at once. You announce new partners 10 days ahead: that is {in_words(10)}." in page


def test_versions_show_when_they_took_effect_and_what_was_promised(as_alice: Client, published: Publication) -> None:
    site = published.site
    add_youtube(site)
    sent = {"effective_at": f"{day(5)}T10:00", "asked_from": day(35), "announced_until": day(19)}
    as_alice.post(url("publish", site), {**sent, "announcement_en": "We show videos now."})
    listed = as_alice.get(url("versions", site)).content.decode()
    for words in (
        "At once",
        f"{in_words(5)}, 10:00",
        f"Asked from {in_words(35)}",
        f"Told until {in_words(19)}",
        "Waiting",
    ):
        assert words in listed
    page = as_alice.get(url("version", site, 2)).content.decode()
    for words in (f"In effect from {in_words(5)}, 10:00.", f"asked from {in_words(35)}.", "“We show videos now.”"):
        assert words in page


def test_version_page_shows_every_rule_by_place(as_alice: Client, published: Publication) -> None:
    site = published.site
    page = as_alice.get(url("version", site, 1)).content.decode()
    assert "Everybody" in page
    save_policy(site=site, regimes=["eu", "us-ca"], count_impressions=True)
    as_alice.post(url("publish", site), {})
    answer = as_alice.get(url("version", site, 2))
    assert [row["place"] for row in answer.context["regimes"]] == [
        "Everybody else",
        "European Union and EEA",
        "California",
    ]
    page = answer.content.decode()
    for words in ("On until refused", "a no for 366 days", "partners that sell or share", "as numbers only"):
        assert words in page


def test_version_of_before_regimes_is_still_shown(as_alice: Client, published: Publication) -> None:
    payload = json.loads(bytes(published.version.payload))
    payload["regimes"] = [
        {name: payload["regimes"][0][name] for name in ("code", "model", "signals", "grant_days", "refusal_days")}
    ]
    del payload["policy"]["count_impressions"]
    for partner in payload["partners"]:
        del partner["starts_at"]
    raw = canonical_json(payload)
    site = published.site
    old = NoticeVersion.objects.create(
        site=site, ordinal=2, digest=digest_of(raw), payload=raw, created_at=datetime(2026, 11, 23, tzinfo=UTC)
    )
    put_live(version=old, by="alice", now=timezone.now())
    assert "A yes for 180 days, a no for 180 days" in as_alice.get(url("version", site, 2)).content.decode()
    assert "follow an updated table of law" in as_alice.get(url("publish", site)).content.decode()


def test_each_rule_has_a_preview(as_alice: Client, catalogue: Site) -> None:
    assert as_alice.get(url("publish", catalogue)).context["regimes"] == []
    save_policy(site=catalogue, regimes=["eu", "us-ca"])
    previews = as_alice.get(url("publish", catalogue)).context["regimes"]
    assert [place for place, _, _ in previews] == ["Everybody else", "European Union and EEA", "California"]
    preview = as_alice.get(previews[-1][2])
    assert "Preview of the draft (California)." in preview.content.decode()
    script = preview.context["files"]["snippet.js"]
    assert '"regimes":[{"code":"us-ca"' in script
    assert '"code":"eu"' not in script

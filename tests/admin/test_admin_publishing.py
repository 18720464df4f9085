"""Publishing from the admin, the versions that come of it, and the preview before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.urls import reverse

from consent.models import ConsentEvent, NoticeVersion, Publication
from consent.services.drafting import draft_digest, save_texts
from cookies.models import Site
from tests.admin.conftest import url

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client


def said(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def test_first_version_is_published(as_bob: Client, catalogue: Site) -> None:
    page = as_bob.get(url("publish", catalogue))
    assert page.context["sentences"] == ["This is the first version: everything is new."]
    answer = as_bob.post(url("publish", catalogue), {"draft": page.context["digest"], "reason": "Launch"})
    publication = Publication.objects.get()
    assert said(answer).startswith("Version 1 is live.")
    assert (publication.published_by, publication.reason) == ("bob", "Launch")
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


def test_preview_can_reach_nothing_and_keep_nothing(as_alice: Client, catalogue: Site) -> None:
    answer = as_alice.get(url("preview", catalogue))
    policy = answer["Content-Security-Policy"]
    assert "sandbox allow-scripts;" in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert "connect-src" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_preview_runs_the_real_engine_on_the_draft(
    as_alice: Client, browse: Callable[[str], Client], catalogue: Site
) -> None:
    save_texts(site=catalogue, language="en", texts={"banner_title": "Only in the draft"})
    address = as_alice.get(url("preview", catalogue)).context["snippet_url"]
    # The sandboxed page sends no session.
    script = browse("").get(address)
    body = script.content.decode()
    assert script["Cache-Control"] == "no-store"
    assert "Only in the draft" in body
    assert "0" * 64 in body
    assert "googletagmanager.com/gtag" not in body
    assert '"signals":[]' in body
    assert not Publication.objects.exists()
    assert not ConsentEvent.objects.exists()


def test_preview_script_needs_an_address_that_the_preview_made(
    as_alice: Client, browse: Callable[[str], Client], catalogue: Site, mallory_site: Site
) -> None:
    address = as_alice.get(url("preview", catalogue)).context["snippet_url"]
    stranger = browse("")
    assert stranger.get(address.replace(f"/site/{catalogue.pk}/", f"/site/{mallory_site.pk}/")).status_code == 404
    assert stranger.get(address.replace("/preview/ey", "/preview/xy")).status_code == 404
    assert stranger.post(address).status_code == 405


def test_preview_speaks_the_chosen_language(as_alice: Client, catalogue: Site) -> None:
    catalogue.default_language = "de"
    catalogue.save()
    answer = as_alice.get(url("preview", catalogue), {"language": "de"})
    assert '<html lang="de"' in answer.content.decode()
    assert "Alle ablehnen" in as_alice.get(answer.context["snippet_url"]).content.decode()
    assert as_alice.get(url("preview", catalogue), {"language": "xx"}).context["language"] == "de"


def test_overview_lists_what_was_done_by_whom(as_alice: Client, catalogue: Site) -> None:
    as_alice.post(url("publish", catalogue), {})
    page = as_alice.get(url("overview", catalogue)).content.decode()
    assert "Published version 1." in page
    assert "alice" in page

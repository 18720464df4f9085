"""From the draft to what visitors meet."""

from __future__ import annotations

import hashlib
import json
import threading
from copy import copy
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consent.delivery.compose import RARE_KEYS, recipe
from consent.models import ComposedFile, NoticeVersion, Publication, SitePolicy
from consent.services.drafting import draft_digest
from consent.services.publishing import (
    compose_publication,
    draft_of,
    draft_payload,
    live_publication,
    publish,
    put_live,
    schedule_of,
)
from cookies.models import Site
from cookies.services.catalogue import archive_partners
from cookies.services.sites import create_site
from tests.conftest import add_person
from tests.consent.conftest import NOW, add_partner
from tests.facts import ANSWERABLE

pytestmark = pytest.mark.django_db


def payload_of(publication: Publication) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads(bytes(publication.version.payload))
    return payload


def test_publishing_freezes_everything_that_is_shown(published: Publication) -> None:
    payload = payload_of(published)
    assert hashlib.sha256(bytes(published.version.payload)).hexdigest() == published.version.digest
    assert [row["code"] for row in payload["categories"]] == [
        "strictly_necessary",
        "performance",
        "functional",
        "targeting",
    ]
    assert [row["slug"] for row in payload["partners"]] == ["analytics", "chat", "ads"]
    assert {row["name"] for row in payload["cookies"]} == {
        "sayso",
        "sayso-queue",
        "session",
        "_analytics",
        "_chat",
        "_ads",
    }
    assert payload["texts"]["en"]["reject_all"] == "Reject all"
    assert "3 partners" in payload["texts"]["en"]["banner_text"]
    assert payload["regimes"][0]["model"] == "opt_in"


def test_first_layer_names_only_the_purposes_in_use(site: Site) -> None:
    add_partner(site, "analytics", "performance")
    publication = publish(site=site, by="alice", now=NOW)
    assert publication
    text = payload_of(publication)["texts"]["en"]["banner_text"]
    assert "measure visits" in text
    assert "ads" not in text
    assert "1 partner." in text


def test_publishing_an_unchanged_draft_makes_nothing(published: Publication, furnished: Site) -> None:
    assert publish(site=furnished, by="bob", now=NOW + timedelta(days=1)) is None
    assert NoticeVersion.objects.count() == Publication.objects.count() == 1


def test_publishing_a_change_makes_the_next_version(published: Publication, furnished: Site) -> None:
    add_partner(furnished, "video", "functional")
    second = publish(site=furnished, by="bob", now=NOW + timedelta(days=1), reason="Videos on the product page")
    assert second
    assert (second.version.ordinal, second.published_by, second.reason) == (
        2,
        "bob",
        "Videos on the product page",
    )
    assert {row["slug"]: row["added"] for row in payload_of(second)["partners"]}["video"] == 2


def test_editing_the_draft_changes_nothing_that_is_published(published: Publication, furnished: Site) -> None:
    before = bytes(published.version.payload)
    notice, _ = draft_of(furnished)
    notice.texts = {"en": {"banner_title": "Changed"}}
    notice.save()
    furnished.partners.update(name="Changed")
    assert bytes(NoticeVersion.objects.get().payload) == before


def test_website_can_override_a_text_in_a_language(furnished: Site) -> None:
    notice, _ = draft_of(furnished)
    notice.languages = ["en", "de"]
    notice.texts = {"de": {"banner_title": "Kekse?"}}
    notice.save()
    publication = publish(site=furnished, by="alice", now=NOW)
    assert publication
    texts = payload_of(publication)["texts"]
    assert texts["de"]["banner_title"] == "Kekse?"
    assert texts["de"]["reject_all"] == "Alle ablehnen"
    assert texts["en"]["banner_title"] == "Your choice about cookies"


def test_archived_partner_leaves_the_next_version(published: Publication, furnished: Site) -> None:
    archive_partners(partners=furnished.partners.filter(slug="ads"), now=NOW)
    second = publish(site=furnished, by="alice", now=NOW + timedelta(days=1))
    assert second
    payload = payload_of(second)
    assert "ads" not in {row["slug"] for row in payload["partners"]}
    assert "_ads" not in {row["name"] for row in payload["cookies"]}


def test_scheduled_publication_is_live_from_its_moment(published: Publication, furnished: Site) -> None:
    add_partner(furnished, "video", "functional")
    later = NOW + timedelta(days=30)
    second = publish(site=furnished, by="alice", now=NOW, effective_at=later)
    assert live_publication(furnished, now=later - timedelta(seconds=1)) == published
    assert live_publication(furnished, now=later) == second


def test_rolling_back_publishes_the_old_version_again(published: Publication, furnished: Site) -> None:
    add_partner(furnished, "video", "functional")
    publish(site=furnished, by="alice", now=NOW + timedelta(days=1))
    back = put_live(version=published.version, by="alice", now=NOW + timedelta(days=2), reason="Mistake")
    assert live_publication(furnished, now=NOW + timedelta(days=2)) == back
    assert NoticeVersion.objects.count() == 2
    assert schedule_of(back).ordinals == {
        version.digest[:12]: version.ordinal for version in NoticeVersion.objects.all()
    }


def test_versions_that_nobody_can_remember_are_left_out(published: Publication, furnished: Site) -> None:
    add_partner(furnished, "video", "functional")
    second = publish(site=furnished, by="alice", now=NOW + timedelta(days=1))
    add_partner(furnished, "maps", "functional")
    third = publish(site=furnished, by="alice", now=NOW + timedelta(days=200))
    assert second
    assert third
    assert schedule_of(third).ordinals == {second.version.digest[:12]: 2, third.version.digest[:12]: 3}


def test_composed_files_exist_for_each_language_and_never_twice(
    published: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ComposedFile.objects.count() == 2 + len(RARE_KEYS)
    # Nor are they compressed twice, which costs the most.
    monkeypatch.delattr("consent.delivery.compose.brotli.compress")
    monkeypatch.delattr("consent.delivery.compose.gzip.compress")
    compose_publication(publication=published, now=NOW)
    assert ComposedFile.objects.count() == 2 + len(RARE_KEYS)


def test_files_are_looked_for_once_and_kept_in_one_statement(published: Publication, settings: Any) -> None:
    settings.PUBLIC_URL = "https://consent.example.com"
    with CaptureQueriesContext(connection) as asked:
        compose_publication(publication=published, now=NOW)
    about_files = [query["sql"].split()[0] for query in asked if "consent_composedfile" in query["sql"]]
    assert about_files == ["SELECT", "INSERT", "SELECT"]


def test_files_that_somebody_else_keeps_meanwhile_are_taken(
    published: Publication, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PUBLIC_URL = "https://consent.example.com"
    keep = QuerySet.bulk_create
    taken = []

    def keep_after_another(files: Any, rows: list[Any], **options: Any) -> Any:
        if files.model is ComposedFile:
            taken.extend(keep(files, [copy(row) for row in rows]))
        return keep(files, rows, **options)

    monkeypatch.setattr(QuerySet, "bulk_create", keep_after_another)
    files = compose_publication(publication=published, now=NOW)
    assert len(taken) == 2 + len(RARE_KEYS)
    assert {file.pk for file in files} == {file.pk for file in taken}


def test_new_engine_reaches_what_was_published_before(published: Publication, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe.cache_clear()
    monkeypatch.setattr("consent.delivery.compose.build", lambda: "0123456789ab")
    call_command("compose_snippets", verbosity=0)
    recipe.cache_clear()
    assert ComposedFile.objects.count() == 2 * (2 + len(RARE_KEYS))
    newest = ComposedFile.objects.filter(kind="snippet").latest("id")
    assert b'"build":"0123456789ab"' in bytes(newest.body)


def test_new_public_address_reaches_what_was_published_before(published: Publication, settings: Any) -> None:
    settings.PUBLIC_URL = "https://consent.example.com"
    call_command("compose_snippets", verbosity=0)
    newest = ComposedFile.objects.filter(kind="snippet").latest("id")
    assert b"https://consent.example.com/p/numonix/" in bytes(newest.body)


@pytest.mark.parametrize(
    ("chosen", "lifetime"), [([], "180 day"), (["eu", "us-ca-opt-in"], "366 day"), (["eu", "us-ca"], "400 day")]
)
def test_own_cookie_is_declared_for_as_long_as_it_is_kept(site: Site, chosen: list[str], lifetime: str) -> None:
    SitePolicy.objects.create(site=site, regimes=chosen)
    (own,) = [cookie for cookie in draft_payload(site)["cookies"] if cookie["name"] == "sayso"]
    assert own["lifetime"] == lifetime


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_wins_and_the_other_is_told() -> None:
    site = create_site(
        key="busy", name="Busy", domains=["https://busy.example"], owner=add_person("alice"), **ANSWERABLE
    )
    looked_at, results = draft_digest(site), []
    start = threading.Barrier(2)

    def publish_now(name: str) -> None:
        start.wait()
        try:
            results.append(publish(site=site, by=name, now=timezone.now(), looked_at=looked_at))
        finally:
            connections.close_all()

    # SQLite has one writer and no row locks: there the two come one after the other.
    people = [threading.Thread(target=publish_now, args=(name,)) for name in ("alice", "pia")]
    if connection.vendor == "sqlite":
        start = threading.Barrier(1)
        for person in people:
            publish_now(person.name)
    else:
        for person in people:
            person.start()
        for person in people:
            person.join(timeout=30)
    assert sorted(result is None for result in results) == [False, True]
    assert Publication.objects.count() == 1

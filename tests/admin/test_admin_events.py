"""Consent records: for auditors of the website, read-only, without identifiers."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from consent.grant_proof import proof_rules
from consent.models import ConsentEvent, Publication
from consent.privacy_signals import Signals
from consent.services.erasure import erase_consent
from consent.services.recording import ReportedEvent, SeenByServer, consent_ref_of, record_event
from tests.admin.conftest import NOW, queries_of, url

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

LIST = reverse("admin:consent_consentevent_changelist")
FIND = reverse("admin:consent_consentevent_find")
CONSENT_ID = uuid.UUID("3f2b0c1e-8d64-4a57-9c1f-0b6a5d2e7f10")


def record(publication: Publication, consent_id: uuid.UUID = CONSENT_ID, **changes: object) -> ConsentEvent:
    facts: dict[str, object] = {
        "event_id": uuid.uuid4(),
        "consent_id": consent_id,
        "action": "save",
        "surface": "banner",
        "categories": {"performance": True, "functional": False, "targeting": False},
        "partners": {"hubspot": False},
        "version_id": publication.version_id,
        "language": "en",
        "regime": "eu",
        "signals": Signals(dnt=True, gpc=False),
        "trusted": True,
        **changes,
    }
    reported = ReportedEvent(**facts)  # type: ignore[arg-type]
    seen = SeenByServer(device_class="desktop", regime="eu")
    rules = proof_rules(json.loads(bytes(publication.version.payload)))
    record_event(site_id=publication.site_id, reported=reported, seen=seen, rules=rules, now=NOW)
    return ConsentEvent.objects.get(event_id=reported.event_id)


@pytest.fixture
def event(published: Publication) -> ConsentEvent:
    return record(published)


def detail(event: ConsentEvent) -> str:
    return reverse("admin:consent_consentevent_change", args=[event.pk])


def test_list_says_in_words_what_was_decided(browse: Callable[[str], Client], event: ConsentEvent) -> None:
    page = browse("ada").get(LIST).content.decode()
    for words in (
        "2026-11-22 03:00:00 UTC",
        "Numonix",
        "Saved a choice",
        "Banner",
        "Functional, Targeting",
        "Do Not Track",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("person", "list_status", "detail_status"),
    [
        ("ada", 200, 200),
        ("alice", 200, 200),
        # An owner elsewhere: the list is empty.
        ("mallory", 200, 404),
        ("bob", 403, 403),
        ("pia", 403, 403),
        ("vera", 403, 403),
        ("", 302, 302),
    ],
)
def test_records_are_open_to_auditors_and_owners(
    person: str, list_status: int, detail_status: int, browse: Callable[[str], Client], event: ConsentEvent
) -> None:
    client = browse(person)
    assert client.get(LIST).status_code == list_status
    assert client.get(detail(event)).status_code == detail_status


@pytest.mark.parametrize(("person", "sees"), [("alice", True), ("bob", False), ("mallory", False)])
def test_the_group_alone_opens_no_record_of_a_website(
    person: str, sees: bool, browse: Callable[[str], Client], event: ConsentEvent
) -> None:
    client = browse(person)
    Group.objects.get(name="Auditor").user_set.add(client.session["_auth_user_id"])
    assert list(client.get(LIST).context["cl"].queryset) == ([event] if sees else [])
    assert client.get(detail(event)).status_code == (200 if sees else 404)


def test_superuser_sees_all_records(browse: Callable[[str], Client], event: ConsentEvent) -> None:
    assert browse("root").get(detail(event)).status_code == 200


def test_detail_tells_everything_and_no_identifier(browse: Callable[[str], Client], event: ConsentEvent) -> None:
    page = browse("ada").get(detail(event)).content.decode()
    for words in ("Saved a choice", "hubspot: refused", "A person", "desktop", consent_ref_of(CONSENT_ID)):
        assert words in page
    assert str(CONSENT_ID) not in page


@pytest.mark.parametrize("person", ["ada", "root"])
def test_records_cannot_be_changed_added_or_deleted(
    person: str, browse: Callable[[str], Client], event: ConsentEvent
) -> None:
    client = browse(person)
    before = ConsentEvent.objects.values().get()
    assert client.post(detail(event), {"action": "accept_all"}).status_code == 403
    assert client.get(reverse("admin:consent_consentevent_add")).status_code == 403
    assert client.post(reverse("admin:consent_consentevent_add"), {}).status_code == 403
    delete = reverse("admin:consent_consentevent_delete", args=[event.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    client.post(LIST, {"action": "delete_selected", "_selected_action": [event.pk]})
    assert ConsentEvent.objects.values().get() == before
    assert "delete_selected" not in client.get(LIST).content.decode()


def test_consent_id_is_hashed_before_it_is_looked_up(browse: Callable[[str], Client], published: Publication) -> None:
    wanted = record(published)
    record(published, consent_id=uuid.uuid4())
    client = browse("ada")
    answer = client.post(FIND, {"typed": f" {str(CONSENT_ID).upper()} "})
    assert answer["Location"] == f"{LIST}?q={consent_ref_of(CONSENT_ID)}"
    assert list(client.get(answer["Location"]).context["cl"].queryset) == [wanted]


def test_record_is_found_by_reference_and_by_receipt(browse: Callable[[str], Client], event: ConsentEvent) -> None:
    client = browse("ada")
    reference = consent_ref_of(CONSENT_ID)
    assert client.post(FIND, {"typed": reference})["Location"] == f"{LIST}?q={reference}"
    assert client.post(FIND, {"typed": str(event.event_id)})["Location"] == detail(event)


def test_search_for_nonsense_explains_what_to_type(browse: Callable[[str], Client], event: ConsentEvent) -> None:
    answer = browse("ada").post(FIND, {"typed": "Mrs Smith"}, follow=True)
    assert "neither a consent id nor a reference" in answer.content.decode()


def test_search_is_for_auditors_and_by_post(browse: Callable[[str], Client], event: ConsentEvent) -> None:
    assert browse("bob").post(FIND, {"typed": str(CONSENT_ID)}).status_code == 403
    assert browse("ada").get(FIND).status_code == 405


def test_filter_knows_only_websites_that_may_be_read(
    browse: Callable[[str], Client], event: ConsentEvent, mallory_site: object
) -> None:
    client = browse("ada")
    page = client.get(LIST).content.decode()
    assert "Elsewhere" not in page
    assert list(client.get(LIST, {"website": "numonix"}).context["cl"].queryset) == [event]
    assert list(client.get(LIST, {"website": "elsewhere"}).context["cl"].queryset) == []


def test_erased_record_says_so(browse: Callable[[str], Client], event: ConsentEvent) -> None:
    erase_consent(site_id=event.site_id, consent_ref=str(event.consent_ref))
    page = browse("ada").get(detail(event)).content.decode()
    assert "Erased" in page
    assert str(event.consent_ref) not in page


def test_list_of_records_costs_no_query_per_row(browse: Callable[[str], Client], published: Publication) -> None:
    client = browse("ada")
    record(published)
    client.get(LIST)
    before = queries_of(client, LIST)
    for _ in range(5):
        record(published, consent_id=uuid.uuid4())
    assert queries_of(client, LIST) == before


def test_version_link_of_a_record_leads_to_the_version(browse: Callable[[str], Client], event: ConsentEvent) -> None:
    assert browse("ada").get(detail(event)).context["version_url"] == url("version", event.site, 1)

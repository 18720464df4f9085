"""Consent records: for auditors of the website, read-only, without identifiers."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consent import append_only
from consent.grant_proof import proof_rules
from consent.models import ConsentEvent, Ledger, LedgerCheck, Publication
from consent.privacy_signals import Signals
from consent.reports.event_proof import standing_of
from consent.reports.events import ON_A_PAGE, neighbours_of
from consent.reports.websites import history
from consent.services.erasure import erase_consent
from consent.services.recording import ReportedEvent, SeenByServer, consent_ref_of, record_event
from consent.services.sealing import seal_site
from consent.services.user_links import link_consent, make_link_secret, user_ref_of
from consent.services.verifying import verify_ledger
from tests.admin.conftest import NOW, queries_of, url
from tests.consent.test_user_tokens import token

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client

LIST = reverse("admin:consent_consentevent_changelist")
FIND = reverse("admin:consent_consentevent_find")
CONSENT_ID = uuid.UUID("3f2b0c1e-8d64-4a57-9c1f-0b6a5d2e7f10")


def record(
    publication: Publication, consent_id: uuid.UUID = CONSENT_ID, *, second: int = 0, **changes: object
) -> ConsentEvent:
    """`second`: after NOW. In one and the same moment nobody can say which comes first."""
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
    now = NOW + timedelta(seconds=second)
    record_event(site_id=publication.site_id, reported=reported, seen=seen, rules=rules, now=now)
    return ConsentEvent.objects.get(event_id=reported.event_id)


@pytest.fixture
def event(published: Publication) -> ConsentEvent:
    return record(published)


def detail(event: ConsentEvent) -> str:
    return reverse("admin:consent_consentevent_change", args=[event.pk])


def test_list_says_in_words_what_was_decided(browse: Callable[[str], Client], event: ConsentEvent) -> None:
    page = browse("ada").get(LIST).content.decode()
    for words in (
        "2026-11-22 03:00:00",
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
    assert list(client.get(LIST).context["page"].events) == ([event] if sees else [])
    assert client.get(detail(event)).status_code == (200 if sees else 404)


def test_superuser_sees_all_records(browse: Callable[[str], Client], event: ConsentEvent) -> None:
    assert browse("root").get(detail(event)).status_code == 200


def test_detail_tells_everything_and_no_identifier(browse: Callable[[str], Client], event: ConsentEvent) -> None:
    page = browse("ada").get(detail(event)).content.decode()
    for words in ("Saved a choice", "hubspot: refused", "A person", "Desktop", consent_ref_of(CONSENT_ID)):
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
    assert list(client.get(answer["Location"]).context["page"].events) == [wanted]


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
    assert list(client.get(LIST, {"website": "numonix"}).context["page"].events) == [event]
    assert list(client.get(LIST, {"website": "elsewhere"}).context["page"].events) == []


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


def test_pages_go_back_and_forth_without_a_gap(browse: Callable[[str], Client], published: Publication) -> None:
    # All in one moment: the ids part them.
    events = sorted((record(published) for _ in range(ON_A_PAGE + 3)), key=lambda event: event.pk, reverse=True)
    client = browse("ada")
    first = client.get(LIST).context
    assert list(first["page"].events) == events[:ON_A_PAGE]
    assert not first["newer_url"]
    second = client.get(first["older_url"]).context
    assert list(second["page"].events) == events[ON_A_PAGE:]
    assert not second["older_url"]
    assert list(client.get(second["newer_url"]).context["page"].events) == events[:ON_A_PAGE]


@pytest.mark.parametrize("cursor", ["not-an-id", "018f3b0c-0000-7000-8000-000000000000"])
def test_cursor_that_leads_nowhere_shows_the_newest(
    cursor: str, browse: Callable[[str], Client], event: ConsentEvent
) -> None:
    assert list(browse("ada").get(LIST, {"before": cursor}).context["page"].events) == [event]


def test_list_is_narrowed_by_time_and_action(browse: Callable[[str], Client], event: ConsentEvent) -> None:
    client = browse("ada")

    def shown(**asked: str) -> list[ConsentEvent]:
        return list(client.get(LIST, {"website": "numonix", **asked}).context["page"].events)

    assert shown(action="save", first="2026-11-22", last="2026-11-22", version="1", regime="eu") == [event]
    for asked in ({"action": "withdraw"}, {"first": "2026-11-23"}, {"last": "2026-11-21"}, {"regime": "ch"}):
        assert shown(**asked) == []
    page = client.get(LIST, {"website": "numonix", "first": "2026-11-23", "last": "2026-11-22"}).content.decode()
    assert "The last day is before the first one." in page


def test_page_of_a_record_shows_the_stored_version_in_its_language(
    browse: Callable[[str], Client], event: ConsentEvent
) -> None:
    client = browse("ada")
    answer = client.get(detail(event))
    assert answer.context["preview_url"] == f"{url('version-preview', event.site, 1)}?language=en&regime=eu&view=banner"
    assert client.get(answer.context["preview_url"]).status_code == 200
    page = answer.content.decode()
    assert "Nothing optional runs before a yes." in page
    # The server's own look at the headers saw no signal, the browser did.
    assert "Not what the browser said" in page


def test_neighbours_are_those_of_the_visitor_and_of_the_ledger(
    browse: Callable[[str], Client], published: Publication, settings: Any, tmp_path: Path
) -> None:
    settings.LEDGER_KEYS = tmp_path
    first = record(published)
    other, last = record(published, consent_id=uuid.uuid4(), second=1), record(published, second=2)
    seal_site(site=published.site, now=NOW)
    client = browse("ada")

    def around(event: ConsentEvent) -> dict[str, ConsentEvent]:
        return {name: found for name, (found, _) in client.get(detail(event)).context["around"].items()}

    assert around(first) == {"later": last, "above": other}
    assert around(other) == {"below": first, "above": last}
    assert around(last) == {"earlier": first, "below": other}


def test_proof_of_a_record_is_green_and_turns_red_when_a_byte_changes(
    browse: Callable[[str], Client], published: Publication, settings: Any, tmp_path: Path
) -> None:
    settings.LEDGER_KEYS = tmp_path
    event = record(published)
    client = browse("ada")
    assert client.get(detail(event)).context["proof"].holds is None
    for _ in range(4):
        record(published)
    seal_site(site=published.site, now=NOW)
    page = client.get(detail(event))
    assert page.context["proof"].holds is True
    assert "It holds" in page.content.decode()
    append_only.lift(connection, ConsentEvent)
    try:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE consent_consentevent SET action = 'accept_all'")
    finally:
        append_only.install(connection, ConsentEvent)
    page = client.get(detail(event))
    findings = {finding.name: finding.holds for finding in page.context["proof"].findings}
    assert findings == {"Contents": True, "Leaf": False, "Place in the ledger": False}
    assert "It does not hold" in page.content.decode()


def test_erased_record_still_proves(
    browse: Callable[[str], Client], published: Publication, settings: Any, tmp_path: Path
) -> None:
    settings.LEDGER_KEYS = tmp_path
    event = record(published)
    seal_site(site=published.site, now=NOW)
    erase_consent(site_id=event.site_id, consent_ref=str(event.consent_ref))
    assert browse("ada").get(detail(event)).context["proof"].holds is True


def test_last_check_of_the_ledger_is_told(
    browse: Callable[[str], Client], published: Publication, settings: Any, tmp_path: Path
) -> None:
    settings.LEDGER_KEYS = tmp_path
    event = record(published)
    seal_site(site=published.site, now=NOW)
    client, ledger = browse("ada"), Ledger.objects.get()
    assert "Never recomputed" in client.get(detail(event)).content.decode()
    verify_ledger(ledger=ledger, now=NOW)
    assert "everything agreed" in client.get(detail(event)).content.decode()
    LedgerCheck.objects.create(ledger=ledger, finished_at=NOW, size=0, finding="Leaf 0 is missing.")
    assert "Leaf 0 is missing." in client.get(detail(event)).content.decode()


def test_page_of_a_record_costs_the_same_however_many_there_are(
    browse: Callable[[str], Client], published: Publication, settings: Any, tmp_path: Path
) -> None:
    settings.LEDGER_KEYS = tmp_path
    event = record(published)
    record(published)
    seal_site(site=published.site, now=NOW)
    client = browse("ada")
    client.get(detail(event))
    before = queries_of(client, detail(event))
    for _ in range(20):
        record(published)
    seal_site(site=published.site, now=NOW)
    assert queries_of(client, detail(event)) == before


def test_neighbours_and_counts_come_from_an_index_that_is_made_for_them(
    published: Publication, settings: Any, tmp_path: Path
) -> None:
    """SQLite knows no statistics: a query that is written in another way goes through all events of a website."""
    settings.LEDGER_KEYS = tmp_path
    if connection.vendor != "sqlite":
        # PostgreSQL has statistics, and goes through so small a table whatever the query says.
        return
    event = record(published)
    with CaptureQueriesContext(connection) as queries:
        neighbours_of(event)
        standing_of(event.site_id)
        list(history(site_id=event.site_id, consent_ref=str(event.consent_ref)))
    plans = [plan_of(query["sql"]) for query in queries if '"consent_consentevent"' in query["sql"]]
    assert [[name for name in INDEXES if name in plan] for plan in plans] == [
        ["events_of_a_consent"],
        ["events_of_a_consent"],
        ["events_of_a_consent"],
    ]


INDEXES = ("events_of_a_consent", "events_of_a_site")


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return "; ".join(row[3] for row in cursor.fetchall())


def test_version_link_of_a_record_leads_to_the_version(browse: Callable[[str], Client], event: ConsentEvent) -> None:
    assert browse("ada").get(detail(event)).context["version_url"] == url("version", event.site, 1)


def linked_user(published: Publication, name: str = "Ada.Byron@numonix.example") -> tuple[str, list[ConsentEvent]]:
    """A user with two devices, as the website's own token names them; a third device is nobody's."""
    site, consents = published.site, [uuid.uuid4() for _ in range(3)]
    secret = make_link_secret(site=site, by="alice", now=NOW).secret
    signed = token(sub=name, secret=secret, exp=int(NOW.timestamp()) + 300)
    user_ref = user_ref_of(site_id=site.pk, site_key=site.key, token=signed, now=NOW)
    events = [record(published, consent_id, second=second) for second, consent_id in enumerate(consents)]
    for consent_id in consents[:2]:
        link_consent(site_id=site.pk, user_ref=user_ref, consent_ref=consent_ref_of(consent_id), now=NOW)
    return user_ref, events[:2]


def test_records_of_a_user_are_found_by_the_reference(browse: Callable[[str], Client], published: Publication) -> None:
    user_ref, events = linked_user(published)
    client = browse("ada")
    answer = client.post(FIND, {"typed": user_ref.upper()})
    assert answer["Location"] == f"{LIST}?user={user_ref}"
    page = client.get(answer["Location"])
    assert list(page.context["page"].events) == events[::-1]
    assert "linked to one signed-in visitor" in page.content.decode()
    # Whoever reads the evidence of another website finds nobody.
    assert list(browse("mallory").get(answer["Location"]).context["page"].events) == []
    assert "user=" not in browse("mallory").post(FIND, {"typed": user_ref})["Location"]


@pytest.mark.parametrize("name", ["Ada.Byron@numonix.example", "3f2b0c1e-8d64-4a57-9c1f-0b6a5d2e7f11"])
def test_id_of_a_user_is_hashed_before_it_is_looked_up(
    name: str, browse: Callable[[str], Client], published: Publication, caplog: pytest.LogCaptureFixture
) -> None:
    user_ref, events = linked_user(published, name)
    client = browse("ada")
    answer = client.post(FIND, {"typed": f" {name} "})
    assert answer["Location"] == f"{LIST}?user={user_ref}"
    page = client.get(answer["Location"])
    assert list(page.context["page"].events) == events[::-1]
    assert name not in page.content.decode() + caplog.text

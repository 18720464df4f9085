"""Draft, versions and publishing by a token: no way around the check-list, the review, or the policy's promises."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consent.models import Publication, SitePolicy
from consent.services.drafting import draft_digest
from consent.services.publishing import publish
from consent.services.reviewing import decide_review, request_review, set_four_eyes
from cookies.models import Partner, Site
from tests.consent.conftest import NOW, add_partner

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


def draft(ask: Callable[..., Any]) -> Any:
    return ask("GET", "/draft").json()


def test_draft_is_published_as_it_was_looked_at(ask: Callable[..., Any], furnished: Site) -> None:
    seen = draft(ask)
    assert (seen["has_changes"], seen["blocking"]) == (True, [])
    answer = ask("POST", "/publications", {"draft": seen["digest"], "reason": "First"})
    assert answer.status_code == 201
    publication = Publication.objects.get()
    told = answer.json()
    assert (told["version"], told["digest"], told["reason"]) == (1, seen["digest"], "First")
    assert publication.published_by == told["published_by"] == "Everything (token)"
    assert LogEntry.objects.get().change_message == "Everything (token): Published version 1."
    assert draft(ask)["has_changes"] is False


def test_publishing_what_is_live_makes_nothing(ask: Callable[..., Any], published: Publication) -> None:
    answer = ask("POST", "/publications", {"draft": published.version.digest})
    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    assert Publication.objects.count() == 1
    assert not LogEntry.objects.exists()


def test_draft_that_changed_is_not_published(ask: Callable[..., Any], published: Publication) -> None:
    add_partner(published.site, "maps", "functional")
    seen = draft(ask)["digest"]
    add_partner(published.site, "video", "functional")
    answer = ask("POST", "/publications", {"draft": seen})
    assert (answer.status_code, answer.json()["code"]) == (409, "draft_changed")
    assert Publication.objects.count() == 1


def test_checklist_holds_for_programs(ask: Callable[..., Any], furnished: Site) -> None:
    Partner.objects.filter(slug="ads").update(load_mode="signalled")
    seen = draft(ask)
    assert [finding["code"] for finding in seen["blocking"]] == ["loads_before_yes"]
    answer = ask("POST", "/publications", {"draft": seen["digest"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "blocked")
    assert answer.json()["findings"] == seen["blocking"]
    assert not Publication.objects.exists()


def test_four_eyes_hold_for_programs(ask: Callable[..., Any], furnished: Site) -> None:
    set_four_eyes(site=furnished, is_on=True)
    seen = draft(ask)
    assert (seen["needs_review"], seen["is_approved"]) == (True, False)
    answer = ask("POST", "/publications", {"draft": seen["digest"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_approved")
    review = request_review(site=furnished, by="bob", now=NOW)
    decide_review(site=furnished, review_id=review.pk, approved=True, by="rita", now=NOW)
    assert draft(ask)["is_approved"] is True
    assert ask("POST", "/publications", {"draft": seen["digest"]}).status_code == 201


def test_going_back_publishes_an_earlier_version_again(ask: Callable[..., Any], published: Publication) -> None:
    add_partner(published.site, "maps", "functional")
    ask("POST", "/publications", {"draft": draft(ask)["digest"]})
    answer = ask("POST", "/publications", {"version": 1})
    assert (answer.status_code, answer.json()["reason"]) == (201, "Back to version 1.")
    assert ask("POST", "/publications", {"version": 1}).status_code == 200
    assert [row["is_live"] for row in ask("GET", "/versions").json()["results"]] == [False, True]
    assert ask("POST", "/publications", {"version": 9}).json()["code"] == "unknown_version"


def test_promises_of_the_policy_hold_unless_told_otherwise(ask: Callable[..., Any], published: Publication) -> None:
    SitePolicy.objects.update_or_create(site=published.site, defaults={"grace_days": 10, "announce_days": 5})
    add_partner(published.site, "maps", "functional")
    ask("POST", "/publications", {"draft": draft(ask)["digest"]})
    kept = Publication.objects.first()
    assert kept
    assert kept.grace_until == kept.effective_at + timedelta(days=10)
    last = kept.effective_at.date() + timedelta(days=5)
    assert kept.announce_until == datetime.combine(last, time(23, 59, 59), UTC)
    add_partner(published.site, "video", "functional")
    body = {"draft": draft(ask)["digest"], "asked_from": None, "announced_until": None}
    assert ask("POST", "/publications", body).status_code == 201
    free = Publication.objects.first()
    assert free
    assert (free.grace_until, free.announce_until) == (None, None)


def test_later_moment_is_planned(ask: Callable[..., Any], published: Publication) -> None:
    add_partner(published.site, "maps", "functional")
    later = (timezone.now() + timedelta(days=3)).replace(microsecond=0)
    answer = ask("POST", "/publications", {"draft": draft(ask)["digest"], "effective_at": later.isoformat()})
    assert (answer.status_code, datetime.fromisoformat(answer.json()["effective_at"])) == (201, later)
    assert [row["is_live"] for row in ask("GET", "/versions").json()["results"]] == [False, True]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 400, "draft"),
        ({"draft": "0" * 64, "version": 1}, 400, "draft"),
        ({"draft": "latest"}, 400, "draft"),
        ({"version": "1"}, 400, "version"),
        ({"version": 1, "effective_at": None}, 400, "effective_at"),
        ({"draft": "0" * 64, "effective_at": "2020-01-01T00:00:00Z"}, 422, "effective_at"),
        ({"draft": "0" * 64, "asked_from": "2020-01-01"}, 422, "asked_from"),
        ({"draft": "0" * 64, "announced_until": "2999-01-01"}, 422, "announced_until"),
    ],
)
def test_wrong_publications_are_explained(
    body: dict[str, Any], status: int, field: str, ask: Callable[..., Any], published: Publication
) -> None:
    answer = ask("POST", "/publications", body)
    assert (answer.status_code, set(answer.json()["fields"])) == (status, {field})
    assert Publication.objects.count() == 1


def test_first_publication_has_nobody_to_tell(ask: Callable[..., Any], furnished: Site) -> None:
    answer = ask("POST", "/publications", {"draft": draft_digest(furnished), "asked_from": "2999-01-01"})
    assert (answer.status_code, set(answer.json()["fields"])) == (422, {"asked_from"})


def test_versions_ask_no_more_for_more_of_them(ask: Callable[..., Any], published: Publication) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert ask("GET", "/versions").status_code == 200
        return len(found)

    ask("GET", "/versions")
    before = queries()
    for number in range(5):
        add_partner(published.site, f"p{number}", "functional")
        publish(site=published.site, by="alice", now=NOW + timedelta(days=number + 1))
    assert queries() == before
    told = ask("GET", "/versions?limit=2").json()
    assert [row["number"] for row in told["results"]] == [6, 5]
    assert ask("GET", f"/versions?limit=2&cursor={told['next_cursor']}").json()["results"][0]["number"] == 4

"""Exports by a token: the same file as in the admin, and written down who took it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from consent.models import Export, ExportProgress, ExportTaken
from consent.reports.events import EventSearch
from consent.services import exports
from consent.services.exports import ask_export, make_export
from cookies.admin.log import actions_on
from cookies.admin.pages import page_url

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.contrib.auth.models import User
    from django.test import Client

    from consent.models import Publication
    from cookies.models import Site

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.EXPORTS_FOLDER = tmp_path


@pytest.fixture
def recorded(send: Callable[..., Any], event_body: dict[str, Any]) -> list[dict[str, Any]]:
    bodies = [{**event_body, "event_id": str(uuid.uuid4()), "consent_id": str(uuid.uuid4())} for _ in range(3)]
    for body in bodies:
        assert send(body).status_code == 201
    return bodies


@pytest.fixture
def begin(ask: Callable[..., Any], django_capture_on_commit_callbacks: Any) -> Callable[..., Any]:
    """Asks for an export, and what is short is written."""

    def post(**body: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return ask("POST", "/exports", {"format": "csv", **body})

    return post


def test_export_is_asked_for_read_and_taken(
    begin: Callable[..., Any], ask: Callable[..., Any], recorded: list[dict[str, Any]], site: Site
) -> None:
    begun = begin(first="2020-01-01", action="save", version=1, regime="eu")
    assert begun.status_code == 201
    told = ask("GET", f"/exports/{begun.json()['id']}").json()
    assert told["search"] == {"first": "2020-01-01", "action": "save", "version": 1, "regime": "eu"}
    assert (told["state"], told["expected"], told["written"]) == ("ready", 3, 3)
    assert (told["asked_by"], told["manifest"]["count"]) == ("Everything (token)", 3)
    answer = ask("GET", f"/exports/{told['id']}/file", Accept="text/csv")
    raw = b"".join(answer)
    assert (answer.status_code, len(raw)) == (200, told["manifest"]["bytes"])
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("text/csv; charset=utf-8", "private, no-store")
    assert told["manifest"]["file"] in answer["Content-Disposition"]
    assert [taken.taken_by for taken in ExportTaken.objects.all()] == ["Everything (token)"]
    assert [action.change_message for action in actions_on(site)][:2] == [
        f"Everything (token): Downloaded export {told['id']} of the evidence.",
        "Everything (token): Asked for an export of the evidence.",
    ]


@pytest.mark.parametrize("form", ["csv", "ndjson", "27560"])
def test_file_is_byte_for_byte_the_one_of_the_admin(
    form: str,
    begin: Callable[..., Any],
    ask: Callable[..., Any],
    recorded: Any,
    site: Site,
    client: Client,
    alice: User,
) -> None:
    number = begin(format=form).json()["id"]
    by_token = ask("GET", f"/exports/{number}/file")
    client.force_login(alice)
    in_admin = client.post(page_url(site, "export-file", number))
    assert b"".join(by_token) == b"".join(in_admin) != b""
    assert by_token["Content-Type"] == in_admin["Content-Type"]


def test_look_by_head_takes_no_file(begin: Callable[..., Any], ask: Callable[..., Any], recorded: Any) -> None:
    assert ask("HEAD", f"/exports/{begin().json()['id']}/file").status_code == 405
    assert not ExportTaken.objects.exists()


def test_file_that_is_not_whole_is_not_given(
    ask: Callable[..., Any], recorded: Any, site: Site, monkeypatch: Any
) -> None:
    monkeypatch.setattr(exports, "MOST_AT_ONCE", 0)
    number = ask("POST", "/exports", {"format": "csv"}).json()["id"]
    told = ask("GET", f"/exports/{number}").json()
    # Of a long one no more is counted than that it is long.
    assert (told["state"], told["expected"], told["written"], told["manifest"]) == ("waiting", 1, 0, None)
    answer = ask("GET", f"/exports/{number}/file")
    assert (answer.status_code, answer.json()["code"]) == (409, "export_not_ready")
    ExportProgress.objects.update(beat_at=timezone.now(), worker="x")
    assert ask("GET", f"/exports/{number}").json()["state"] == "writing"
    assert not ExportTaken.objects.exists()


def test_file_whose_time_is_over_is_gone_and_its_manifest_stays(
    ask: Callable[..., Any], recorded: Any, site: Site
) -> None:
    export = ask_export(site=site, form="csv", search=EventSearch(), by="ada", now=timezone.now())
    make_export(export=export, clock=lambda: timezone.now() - 8 * DAY)
    answer = ask("GET", f"/exports/{export.pk}/file")
    assert (answer.status_code, answer.json()["code"]) == (404, "export_gone")
    told = ask("GET", f"/exports/{export.pk}").json()
    assert (told["state"], told["manifest"]["count"]) == ("removed", 3)


def test_exports_come_in_pages_the_newest_first(ask: Callable[..., Any], published: Publication) -> None:
    made = [
        ask_export(site=published.site, form="csv", search=EventSearch(), by="ada", now=timezone.now()).pk
        for _ in range(3)
    ]
    first = ask("GET", "/exports?limit=2").json()
    second = ask("GET", f"/exports?limit=2&cursor={first['next_cursor']}").json()
    assert [row["id"] for row in first["results"] + second["results"]] == made[::-1]
    assert second["next_cursor"] is None


def test_export_of_another_website_is_not_there(ask: Callable[..., Any], site: Site, mallory_site: Site) -> None:
    number = ask_export(site=mallory_site, form="csv", search=EventSearch(), by="mallory", now=timezone.now()).pk
    for path in (f"/exports/{number}", f"/exports/{number}/file"):
        answer = ask("GET", path)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_export")
    assert ask("GET", "/exports").json()["results"] == []


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"format": "xml"}, 400, "format"),
        ({"format": "csv", "regime": "moon"}, 400, "regime"),
        ({"format": "csv", "user": "x"}, 400, "user"),
        ({"format": "csv", "first": "2026-11-02", "last": "2026-11-01"}, 422, "last"),
        ({"format": "csv", "version": 9}, 422, "version"),
    ],
)
def test_search_that_makes_no_sense_is_explained(
    body: dict[str, Any], status: int, field: str, ask: Callable[..., Any], published: Publication
) -> None:
    answer = ask("POST", "/exports", body)
    assert (answer.status_code, set(answer.json()["fields"])) == (status, {field})
    assert not Export.objects.exists()


def test_only_so_many_exports_wait(ask: Callable[..., Any], published: Publication, monkeypatch: Any) -> None:
    monkeypatch.setattr(exports, "MOST_WAITING", 1)
    assert ask("POST", "/exports", {"format": "csv", "last": "9999-12-31"}).status_code == 201
    answer = ask("POST", "/exports", {"format": "csv"})
    assert (answer.status_code, answer.json()["code"]) == (409, "exports_waiting")

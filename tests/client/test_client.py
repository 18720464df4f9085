"""The client against the real server, over HTTP."""

from __future__ import annotations

import ast
import io
import json
import sys
import threading
import uuid
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

import client as client_package
from client import ChangedMeanwhile, Client, NoAnswer, NotAllowed, NotFound, Refused, TooManyRequests
from client import calls as calls_module
from consent.services.recording import consent_ref_of
from consent.services.sealing import seal_site
from cookies.services.sites import create_site
from cookies.services.tokens import make_token
from cookies.tokens import VERBS
from tests.conftest import add_person
from tests.facts import ANSWERABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cookies.models import Site

ORIGIN = "https://www.numonix.example"


@pytest.fixture
def website(transactional_db: None) -> Site:
    owner = add_person("alice")
    return create_site(key="numonix", name="Numonix", domains=[ORIGIN], owner=owner, **ANSWERABLE)


@pytest.fixture
def address(live_server: Any) -> str:
    return str(live_server.url)


def token_for(site: Site, *verbs: str, name: str = "CI") -> str:
    maker = site.members.get().user
    return make_token(
        site=site, made_by=maker, name=name, verbs=verbs or tuple(VERBS), days=30, now=timezone.now()
    ).text


def test_whole_way_from_a_partner_to_a_proof(
    website: Site, address: str, client: Any, monkeypatch: Any, settings: Any, tmp_path: Path
) -> None:
    settings.EXPORTS_FOLDER = tmp_path
    monkeypatch.setattr(calls_module, "A_PAGE", 2)
    api = Client(address, token_for(website))
    assert (api.token().name, api.site, api.website().domains) == ("CI", "numonix", [ORIGIN])
    for slug in ("ads", "chat", "maps"):
        api.add_partner(
            slug=slug, name=slug.title(), category="functional", purpose={"en": "Helps."}, purposes=["functionality"]
        )
    api.add_cookie(name="_chat", partner="chat", lifetime="13 month", purpose={"en": "Remembers."})
    assert [partner.slug for partner in api.partners()] == ["ads", "chat", "maps"]
    assert [cookie.name for cookie in api.cookies(partner="chat")] == ["_chat"]
    first = api.publish(api.draft().digest, reason="First")
    assert (first.version, first.published_by) == (1, "CI (token)")
    maps = api.partner("maps")
    later = api.change_partner("maps", etag=maps.etag, starts_on=date(2999, 1, 1))
    assert later.starts_on == date(2999, 1, 1)
    with pytest.raises(ChangedMeanwhile):
        api.archive_partner("maps", etag=maps.etag)
    assert api.archive_partner("maps", etag=later.etag).archived
    assert [partner.slug for partner in api.partners(archived=True)] == ["maps"]
    api.publish(api.draft().digest)
    assert api.go_back(1, reason="Back").reason == "Back"
    assert [(version.number, version.is_live) for version in api.versions()] == [(2, False), (1, True)]
    assert api.version(1).publications[0].reason == "Back"
    ids = [record(client, first.digest) for _ in range(3)]
    told = list(api.events(since=datetime(2020, 1, 1, tzinfo=UTC), until=timezone.now() + timedelta(hours=1)))
    assert [event.event_id for event in told] == [event_id for event_id, _ in reversed(ids)]
    assert [event.consent_ref for event in api.events(action="reject_all")] == [ref for _, ref in reversed(ids)]
    assert api.event(ids[0][0]).received_at.tzinfo is not None
    with pytest.raises(NotFound) as unsealed:
        api.inclusion_proof(ids[0][0])
    assert unsealed.value.code == "no_proof"
    seal_site(site=website, now=timezone.now())
    assert api.inclusion_proof(ids[0][0])["index"] == api.event(ids[0][0]).ledger_index
    assert api.consistency_proof(1)["size"] == 3
    export = api.ask_export("csv", action="reject_all", last=date(2999, 1, 1))
    assert (export.state, export.written, [one.id for one in api.exports()]) == ("ready", 3, [export.id])
    file = io.BytesIO()
    api.take_export(export.id, file)
    assert file.getvalue().count(b"reject_all") == 3
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(NoAnswer, match="not the whole file"):
        api.take_export(export.id, io.BytesIO())
    assert api.statistics()["total"]["answers"] == {"value": None, "why": "few"}
    assert api.statistics(first=date(2026, 1, 1), last=date(2026, 1, 31))["first"] == "2026-01-01"


def record(client: Any, digest: str) -> tuple[str, str]:
    """A visitor refuses everything. Returns the record's number and its reference."""
    event_id, consent_id = uuid.uuid4(), uuid.uuid4()
    body = {
        "event_id": str(event_id),
        "consent_id": str(consent_id),
        "action": "reject_all",
        "surface": "banner",
        "categories": {"performance": False, "functional": False, "targeting": False},
        "version": digest,
        "language": "en",
        "signals": {"gpc": False, "dnt": False},
    }
    answer = client.post(
        "/api/v1/sites/numonix/events", json.dumps(body), content_type="text/plain", headers={"Origin": ORIGIN}
    )
    assert answer.status_code == 201
    return str(event_id), consent_ref_of(consent_id)


def test_errors_are_exceptions_with_their_code(website: Site, address: str, settings: Any) -> None:
    api = Client(address, token_for(website, "read", "write"))
    with pytest.raises(Refused) as refused:
        api.add_cookie(name="x", category="functional", lifetime="for ever", purpose={"en": "X."})
    assert (refused.value.status, refused.value.code, set(refused.value.fields)) == (422, "refused", {"lifetime"})
    assert "lifetime" in str(refused.value)
    with pytest.raises(NotAllowed) as forbidden:
        next(api.events())
    assert forbidden.value.code == "verb_missing"
    with pytest.raises(NotAllowed) as unknown:
        Client(address, "sayso_nonsense").website()
    assert unknown.value.code == "token_malformed"
    settings.TOKEN_RATE = "1/min"
    other = Client(address, token_for(website, "read", name="Other"))
    other.token()
    with pytest.raises(TooManyRequests) as many:
        other.token()
    assert many.value.retry_after
    assert 0 < many.value.retry_after <= 60


def test_nobody_there_is_an_exception_too() -> None:
    with pytest.raises(NoAnswer):
        Client("http://localhost:9", "x").token()


class Elsewhere(BaseHTTPRequestHandler):
    """Sends everybody on, and remembers who came."""

    tokens: list[str | None] = []

    def do_GET(self) -> None:
        self.tokens.append(self.headers.get("Authorization"))
        if self.path.startswith("/api/v1/manage/token"):
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
        else:
            self.send_response(200)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def elsewhere() -> Iterator[str]:
    Elsewhere.tokens.clear()
    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_token_follows_no_redirect(elsewhere: str) -> None:
    with pytest.raises(NoAnswer, match="302"):
        Client(elsewhere, "secret").token()
    assert Elsewhere.tokens == ["Bearer secret"]


def test_token_is_sent_over_https_only_and_never_shown() -> None:
    with pytest.raises(ValueError, match="https"):
        Client("http://consent.example.com", "secret")
    api = Client("https://consent.example.com", "secret")
    assert "secret" not in f"{api!r} {api._transport!r}"


def test_client_needs_the_standard_library_alone() -> None:
    folder = Path(client_package.__file__).parent
    foreign = []
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names.append(node.module or "")
            foreign += [name for name in names if name.partition(".")[0] not in sys.stdlib_module_names]
    assert not foreign

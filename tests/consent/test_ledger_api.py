"""The ledger as others follow it: only where a website publishes it, only what was signed, and never a record."""

from __future__ import annotations

import base64
import math
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from consent.ledger.checkpoints import read_tree_head
from consent.ledger.merkle import leaf_hash, root_of
from consent.ledger.notes import opened_note, read_verifier_key
from consent.models import LedgerLeaf
from consent.services.sealing import seal_site
from consent.signatures import is_signed_by
from tests.consent.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client

    from consent.models import Publication

pytestmark = pytest.mark.django_db


@pytest.fixture
def ledger(
    published: Publication, send: Callable[..., Any], event_body: dict[str, Any], settings: Any, tmp_path: Path
) -> Callable[[int], None]:
    """Publishes the ledger, and adds events to it."""
    settings.LEDGER_KEYS = tmp_path / "keys"
    policy = published.site.policy
    policy.publish_ledger = True
    policy.save()

    def add(count: int) -> None:
        for _ in range(count):
            assert send({**event_body, "event_id": str(uuid.uuid4())}).status_code == 201
        seal_site(site=published.site, now=NOW)

    return add


def opened(client: Client) -> Any:
    note = client.get("/ledger/numonix/checkpoint").content.decode()
    keys = [read_verifier_key(line) for line in client.get("/ledger/numonix/keys").content.decode().splitlines()]
    return read_tree_head(opened_note(note, keys=keys, check=is_signed_by))


def test_a_client_can_follow_it(client: Client, ledger: Callable[[int], None]) -> None:
    """Checkpoint, key and tiles alone lead to the root, as a monitor or a witness would compute it."""
    ledger(300)
    head = opened(client)
    assert (head.origin, head.size) == ("localhost:8000/ledger/numonix", 300)
    full, partial = (client.get(f"/ledger/numonix/tile/0/{path}").content for path in ("000", "001.p/44"))
    leaves = [raw[at : at + 32] for raw in (full, partial) for at in range(0, len(raw), 32)]
    assert len(leaves) == 300
    assert root_of(leaves) == head.root
    assert client.get("/ledger/numonix/tile/1/000.p/1").content == root_of(leaves[:256])
    hashes = LedgerLeaf.objects.order_by("ledger_index").values_list("leaf_hash", flat=True)
    assert leaves == [bytes(raw or b"") for raw in hashes]


def test_caches_are_told_what_may_change(client: Client, ledger: Callable[[int], None]) -> None:
    ledger(2)
    checkpoint, tile = client.get("/ledger/numonix/checkpoint"), client.get("/ledger/numonix/tile/0/000.p/2")
    assert checkpoint["Content-Type"] == "text/plain; charset=utf-8"
    assert checkpoint["Cache-Control"] == "public, max-age=5"
    assert tile["Content-Type"] == "application/octet-stream"
    assert tile["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not checkpoint.cookies
    assert not tile.cookies


def test_older_partial_tiles_stay(client: Client, ledger: Callable[[int], None]) -> None:
    """A client may still hold the checkpoint that needs them."""
    ledger(1)
    before = client.get("/ledger/numonix/tile/0/000.p/1").content
    ledger(2)
    assert client.get("/ledger/numonix/tile/0/000.p/1").content == before
    assert len(client.get("/ledger/numonix/tile/0/000.p/3").content) == 96


@pytest.mark.parametrize(
    "path", ["0/000", "0/000.p/4", "0/001.p/1", "1/000.p/1", "63/000.p/1", "x/000", "0/0", "0/x001/x000/x000/x000/000"]
)
def test_other_tiles_are_not_there(client: Client, ledger: Callable[[int], None], path: str) -> None:
    ledger(3)
    assert client.get(f"/ledger/numonix/tile/{path}").status_code == 404


def test_entries_are_never_published(client: Client, ledger: Callable[[int], None]) -> None:
    ledger(3)
    assert client.get("/ledger/numonix/tile/entries/000.p/3").status_code == 404


def test_only_what_was_signed_is_published(
    client: Client, ledger: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger(2)
    monkeypatch.setattr("consent.services.sealing.sign_checkpoint", lambda **_: None)
    ledger(1)
    assert LedgerLeaf.objects.filter(ledger_index=2).exists()
    assert client.get("/ledger/numonix/tile/0/000.p/3").status_code == 404


def test_website_that_does_not_publish_gives_its_keys_alone(
    client: Client, published: Publication, ledger: Callable[[int], None]
) -> None:
    ledger(2)
    published.site.policy.publish_ledger = False
    published.site.policy.save()
    for path in ("checkpoint", "tile/0/000.p/2"):
        assert client.get(f"/ledger/numonix/{path}").status_code == 404
    answer = client.get("/api/v1/sites/numonix/ledger/inclusion?index=0")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "ledger_not_published")
    assert client.get("/ledger/numonix/keys").status_code == 200


def test_proofs_are_as_long_as_the_tree_is_high(client: Client, ledger: Callable[[int], None]) -> None:
    ledger(5)
    proof = client.get("/api/v1/sites/numonix/ledger/inclusion?index=1").json()
    assert (proof["index"], proof["size"]) == (1, 5)
    assert len(proof["proof"]) == math.ceil(math.log2(5))
    assert base64.b64decode(proof["leaf_hash"]) != leaf_hash(b"")
    ledger(2)
    assert client.get("/api/v1/sites/numonix/ledger/inclusion?index=1&size=5").json() == proof
    consistency = client.get("/api/v1/sites/numonix/ledger/consistency?first=5").json()
    assert (consistency["first"], consistency["size"]) == (5, 7)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("inclusion?index=3", 404, "no_proof"),
        ("inclusion?index=0&size=2", 404, "no_proof"),
        ("inclusion?index=-1", 400, "malformed"),
        ("inclusion?index=%D9%A1", 400, "malformed"),
        ("inclusion?index=99999999999999999999", 400, "malformed"),
        ("inclusion", 400, "malformed"),
        ("consistency?first=0", 404, "no_proof"),
        ("consistency?first=4", 404, "no_proof"),
        ("consistency?first=1&size=x", 400, "malformed"),
    ],
)
def test_proof_of_what_is_not_there_is_a_clear_error(
    client: Client, ledger: Callable[[int], None], query: str, status: int, code: str
) -> None:
    ledger(3)
    answer = client.get(f"/api/v1/sites/numonix/ledger/{query}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)

"""A visitor's receipts: theirs alone, in three forms, and provable once the event is sealed."""

from __future__ import annotations

import csv
import io
import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from consent.models import ConsentEvent
from consent.receipts.checking import check_receipt, is_proved
from consent.services.sealing import seal_site
from consent.signatures import is_signed_by
from tests.consent.conftest import NOW, ORIGIN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.test import Client

    from consent.models import Publication

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_keys(settings: Any, tmp_path: Path) -> None:
    settings.LEDGER_KEYS = tmp_path / "keys"


@pytest.fixture
def body(send: Callable[..., Any], event_body: dict[str, Any]) -> dict[str, Any]:
    assert send(event_body).status_code == 201
    return event_body


def take(client: Client, body: dict[str, Any], query: str = "", **changes: str) -> Any:
    consent_id = changes.get("consent_id", body["consent_id"])
    headers = {"Authorization": f"Bearer {consent_id}", "Origin": ORIGIN}
    event_id = changes.get("event_id", body["event_id"])
    return client.get(f"/api/v1/sites/{changes.get('key', 'numonix')}/receipts/{event_id}{query}", headers=headers)


def codes(receipt: Any) -> list[Any]:
    return [step.holds for step in check_receipt(receipt, check=is_signed_by)]


def test_receipt_holds_before_it_is_sealed_and_proves_afterwards(
    client: Client, body: dict[str, Any], published: Publication
) -> None:
    assert codes(take(client, body).json()) == [True, True, True, None]
    seal_site(site=published.site, now=NOW)
    response = take(client, body)
    assert is_proved(check_receipt(response.json(), check=is_signed_by))
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Disposition"].startswith("attachment")
    leaf = json.loads(response.json()["leaf"])
    assert (leaf["event_id"], leaf["categories"]["targeting"]) == (body["event_id"], False)
    assert response.json()["opened"]["language"]["value"] == "en"


def test_receipt_of_before_an_erasure_still_proves_after_it(
    client: Client, body: dict[str, Any], published: Publication
) -> None:
    seal_site(site=published.site, now=NOW)
    receipt = take(client, body).json()
    headers = {"Authorization": f"Bearer {body['consent_id']}", "Origin": ORIGIN}
    assert client.delete("/api/v1/sites/numonix/consents", headers=headers).status_code == 204
    assert client.delete("/api/v1/sites/numonix/consents", headers=headers).status_code == 404
    assert take(client, body).status_code == 404
    assert is_proved(check_receipt(receipt, check=is_signed_by))


def test_receipt_is_its_visitors_alone(client: Client, body: dict[str, Any]) -> None:
    assert take(client, body, consent_id=str(uuid.uuid4())).status_code == 404
    assert take(client, body, event_id=str(uuid.uuid4())).status_code == 404
    assert take(client, body, key="nobody").status_code == 404
    assert take(client, body, consent_id="x").status_code == 401


def test_receipt_in_an_unknown_form_is_a_clear_error(client: Client, body: dict[str, Any]) -> None:
    response = take(client, body, "?as=pdf")
    assert (response.status_code, response.json()["error"]["code"]) == (400, "malformed")


def test_receipt_modelled_on_27560(client: Client, body: dict[str, Any], published: Publication) -> None:
    receipt = take(client, body, "?as=27560").json()
    assert receipt["@type"] == "dpv:ConsentReceipt"
    assert receipt["dct:conformsTo"] == "https://w3id.org/dpv/schema/dpv-27560#receipt"
    assert receipt["dpv:hasIdentifier"] == body["event_id"]
    assert receipt["dpv:hasConsentStatus"] == "dpv:ConsentGiven"
    assert receipt["dpv:hasNotice"]["@id"].endswith(published.version.digest)
    processes = {process["dpv:hasIdentifier"]: process for process in receipt["dpv:hasProcess"]}
    assert {code: process["dpv:hasConsentStatus"] for code, process in processes.items()} == {
        "performance": "dpv:ConsentGiven",
        "functional": "dpv:ConsentGiven",
        "targeting": "dpv:ConsentRefused",
    }
    # The exception counts, not the category that it is an exception to.
    (chat,) = processes["functional"]["dpv:hasRecipientThirdParty"]
    assert (chat["dpv:hasIdentifier"], chat["dpv:hasConsentStatus"]) == ("chat", "dpv:ConsentRefused")
    assert body["consent_id"] not in json.dumps(receipt)


def test_receipt_modelled_on_kantara(client: Client, body: dict[str, Any]) -> None:
    receipt = take(client, body, "?as=kantara").json()
    assert receipt["version"] == "KI-CR-v1.1.0"
    assert receipt["consentReceiptID"] == body["event_id"]
    assert [service["service"] for service in receipt["services"]] == ["Analytics"]
    assert receipt["services"][0]["purposes"][0]["consentType"] == "EXPLICIT"
    assert receipt["x-refused"] == ["targeting"]


def test_receipt_of_a_refusal_lists_no_service(
    client: Client, send: Callable[..., Any], event_body: dict[str, Any]
) -> None:
    none = dict.fromkeys(event_body["categories"], False)
    send({**event_body, "action": "reject_all", "categories": none, "partners": {}})
    receipt = take(client, event_body, "?as=kantara").json()
    assert receipt["services"] == []
    assert receipt["x-refused"] == ["performance", "functional", "targeting"]
    assert take(client, event_body, "?as=27560").json()["dpv:hasConsentStatus"] == "dpv:ConsentRefused"


def test_own_record_as_a_table(client: Client, send: Callable[..., Any], event_body: dict[str, Any]) -> None:
    send(event_body)
    ConsentEvent.objects.get()
    response = client.get(
        "/api/v1/sites/numonix/consents?as=csv",
        headers={"Authorization": f"Bearer {event_body['consent_id']}", "Origin": ORIGIN},
    )
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    (row,) = csv.DictReader(io.StringIO(response.content.decode()))
    assert (row["performance"], row["targeting"], row["partners"]) == ("yes", "no", "chat=no")
    assert row["event_id"] == event_body["event_id"]


def test_receipt_takes_a_few_queries_whatever_the_ledger_holds(
    client: Client,
    body: dict[str, Any],
    send: Callable[..., Any],
    published: Publication,
    django_assert_max_num_queries: Any,
) -> None:
    seal_site(site=published.site, now=NOW)
    take(client, body)
    for _ in range(20):
        send({**body, "event_id": str(uuid.uuid4())})
    seal_site(site=published.site, now=NOW)
    with django_assert_max_num_queries(10):
        assert take(client, body).status_code == 200


def test_page_that_checks_lets_nothing_out(client: Client) -> None:
    response = client.get("/verify/")
    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "connect-src" not in policy
    assert "frame-ancestors 'none'" in policy
    page = response.content.decode()
    assert f'content="{policy.removesuffix("; frame-ancestors " + chr(39) + "none" + chr(39))}"' in page
    # Its icon too: a browser that finds none asks the platform for one.
    assert '<link rel="icon" href="data:image/svg+xml;base64,' in page
    assert "img-src data:;" in policy
    # Nothing in it is loaded from anywhere, so it works as well when it was saved.
    assert "src=" not in page.replace("default-src", "").replace("script-src", "").replace("style-src", "")
    assert "http" not in page.replace("http-equiv", "")

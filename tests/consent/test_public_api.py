"""GET site, version and own record; erasure."""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from consent.models import ConsentEvent, Publication
from cookies.models import Site
from tests.consent.conftest import ORIGIN

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db

CONSENTS = "/api/v1/sites/numonix/consents"


def bearer(consent_id: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {consent_id}", "Origin": ORIGIN}


def test_site_says_what_is_live(client: Client, published: Publication) -> None:
    response = client.get("/api/v1/sites/numonix")
    body = response.json()
    assert body["key"] == "numonix"
    assert body["languages"] == ["en"]
    assert body["version"]["digest"] == published.version.digest
    assert body["snippet_url"] == "http://localhost:8000/s/numonix.js"
    assert response["Cache-Control"].startswith("public")
    again = client.get("/api/v1/sites/numonix", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


def test_site_without_a_version_says_so(client: Client, site: Site) -> None:
    assert client.get("/api/v1/sites/numonix").json()["version"] is None


def test_version_is_byte_for_byte_what_was_hashed(client: Client, published: Publication) -> None:
    response = client.get(f"/api/v1/versions/{published.version.digest}")
    assert hashlib.sha256(response.content).hexdigest() == published.version.digest
    assert "immutable" in response["Cache-Control"]


@pytest.mark.parametrize(
    "address", ["/api/v1/sites/nobody", f"/api/v1/versions/{'0' * 64}", "/api/v1/sites/nobody/consents"]
)
def test_unknown_things_are_404_in_the_common_shape(client: Client, address: str) -> None:
    response = client.get(address, headers=bearer(str(uuid.uuid4())))
    assert response.status_code == 404
    assert set(response.json()["error"]) >= {"code", "detail"}


def test_own_record_needs_the_consent_id(client: Client, send: Callable[..., Any], event_body: dict[str, Any]) -> None:
    send(event_body)
    assert client.get(CONSENTS, headers={"Origin": ORIGIN}).status_code == 401
    assert client.get(CONSENTS, headers=bearer("nonsense")).status_code == 401
    assert client.get(CONSENTS, headers=bearer(str(uuid.uuid4()))).status_code == 404
    response = client.get(CONSENTS, headers=bearer(event_body["consent_id"]))
    assert response.status_code == 200
    (event,) = response.json()["results"]
    assert event["event_id"] == event_body["event_id"]
    assert event["version"] == event_body["version"]
    assert event["categories"]["performance"] is True
    assert response["Cache-Control"] == "private, no-store"
    assert response["Access-Control-Allow-Origin"] == ORIGIN


def test_own_record_of_another_website_is_not_shown(
    client: Client, send: Callable[..., Any], event_body: dict[str, Any], mallory_site: Site
) -> None:
    send(event_body)
    headers = {**bearer(event_body["consent_id"]), "Origin": "https://elsewhere.example"}
    assert client.get("/api/v1/sites/elsewhere/consents", headers=headers).status_code == 404


def test_foreign_page_may_not_ask_for_a_record(
    client: Client, send: Callable[..., Any], event_body: dict[str, Any]
) -> None:
    send(event_body)
    headers = {**bearer(event_body["consent_id"]), "Origin": "https://evil.example"}
    response = client.get(CONSENTS, headers=headers)
    assert response.status_code == 403
    assert "Access-Control-Allow-Origin" not in response


def test_erasure_forgets_the_visitor_and_keeps_the_evidence(
    client: Client, send: Callable[..., Any], event_body: dict[str, Any]
) -> None:
    send(event_body)
    assert client.delete(CONSENTS, headers=bearer(event_body["consent_id"])).status_code == 204
    assert client.get(CONSENTS, headers=bearer(event_body["consent_id"])).status_code == 404
    assert client.delete(CONSENTS, headers=bearer(event_body["consent_id"])).status_code == 404
    event = ConsentEvent.objects.get()
    assert (event.consent_ref, event.language, event.device_class, event.salts) == (None, None, None, None)


def test_preflight_allows_the_bearer(client: Client, published: Publication) -> None:
    response = client.options(CONSENTS, headers={"Origin": ORIGIN, "Access-Control-Request-Method": "DELETE"})
    assert response.status_code == 204
    assert response["Access-Control-Allow-Origin"] == ORIGIN
    assert "Authorization" in response["Access-Control-Allow-Headers"]
    assert "DELETE" in response["Access-Control-Allow-Methods"]


def test_openapi_document_names_every_public_endpoint(client: Client) -> None:
    document = client.get("/api/schema/?format=json").json()
    assert set(document["paths"]) >= {
        "/api/v1/sites/{key}",
        "/api/v1/sites/{key}/events",
        "/api/v1/sites/{key}/consents",
        "/api/v1/versions/{digest}",
    }


def test_api_documentation_loads_nothing_from_elsewhere(client: Client) -> None:
    page = client.get("/api/docs/").content.decode()
    assert "http://" not in page.replace("http://localhost", "").replace("http://testserver", "")
    assert "https://" not in page
    assert "/static/drf_spectacular_sidecar/" in page

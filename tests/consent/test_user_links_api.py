"""Consents of a website's users: linked, found on another device, erased by user; and nobody else's."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from consent.models import ConsentEvent, Publication, UserLink, UserLinkKey
from consent.services.erasure import erase_consent
from consent.services.maintaining import maintain
from consent.services.recording import consent_ref_of
from consent.services.user_links import end_user_links, make_link_secret
from cookies.models import Site
from tests.consent.conftest import NOW, ORIGIN
from tests.consent.test_user_tokens import token

pytestmark = pytest.mark.django_db

LINK = "/api/v1/sites/numonix/consents/link"
OWN = "/api/v1/sites/numonix/users/consents"
Record = Callable[..., str]


@pytest.fixture
def secret(site: Site) -> str:
    return make_link_secret(site=site, by="alice", now=NOW).secret


@pytest.fixture
def record(send: Callable[..., Any], event_body: dict[str, Any]) -> Record:
    """Records an answer of a new device, or of a known one, and returns its consent id."""

    def one(consent_id: str = "", **changes: Any) -> str:
        ids = {"event_id": str(uuid.uuid4()), "consent_id": consent_id or str(uuid.uuid4())}
        assert send({**event_body, **ids, **changes}).status_code == 201
        return ids["consent_id"]

    return one


def of(user: str, secret: str, **changes: Any) -> str:
    return token(sub=user, secret=secret, **{"exp": int(timezone.now().timestamp()) + 300, **changes})


def link(client: Client, consent_id: str, text: str, **headers: str) -> Any:
    return client.put(
        LINK,
        json.dumps({"token": text}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {consent_id}", **headers},
    )


def ask(client: Client, text: str, method: str = "get", **headers: str) -> Any:
    return getattr(client, method)(OWN, headers={"Authorization": f"Bearer {text}", **headers})


def code(answer: Any) -> str:
    return str(answer.json()["error"]["code"])


def test_decision_is_found_on_another_device_and_the_newest_counts(
    client: Client, secret: str, record: Record, published: Publication
) -> None:
    phone = record()
    assert link(client, phone, of("42", secret)).status_code == 204
    assert link(client, phone, of("42", secret)).status_code == 204
    laptop = record(categories={"performance": False, "functional": True, "targeting": False}, partners={})
    assert ask(client, of("42", secret)).json()["categories"]["performance"] is True
    link(client, laptop, of("42", secret))
    answer = ask(client, of("42", secret))
    said = answer.json()
    assert answer["Cache-Control"] == "private, no-store"
    assert said["categories"] == {
        "strictly_necessary": True,
        "performance": False,
        "functional": True,
        "targeting": False,
    }
    assert (said["version"], said["action"], said["language"]) == (published.version.digest, "save", "en")
    assert said["decided_at"].endswith("Z")
    assert not {phone, laptop, consent_ref_of(uuid.UUID(laptop))} & set(map(str, said.values()))


def test_users_name_is_nowhere_and_differs_by_website(
    client: Client, secret: str, record: Record, mallory_site: Site
) -> None:
    link(client, record(), of("alice@example.com", secret))
    row = UserLink.objects.values().get()
    assert "alice" not in str(row)
    keys = UserLinkKey.objects.values_list("secret", "naming_key").get()
    make_link_secret(site=mallory_site, by="mallory", now=NOW)
    others = UserLinkKey.objects.filter(site=mallory_site).values_list("secret", "naming_key").get()
    assert secret not in str(keys)
    assert not set(keys) & set(others)


def test_another_user_sees_and_erases_nothing(client: Client, secret: str, record: Record) -> None:
    consent_id = record()
    link(client, consent_id, of("42", secret))
    assert code(ask(client, of("43", secret))) == "no_record"
    assert ask(client, of("43", secret), "delete").status_code == 404
    assert code(link(client, consent_id, of("43", secret))) == "linked_to_another"
    assert ask(client, of("42", secret)).status_code == 200


def test_token_of_another_website_opens_nothing(
    client: Client, secret: str, record: Record, mallory_site: Site
) -> None:
    link(client, record(), of("42", secret))
    others = make_link_secret(site=mallory_site, by="mallory", now=NOW).secret
    assert code(ask(client, of("42", others))) == "token_signature"
    assert code(ask(client, of("42", others, site="elsewhere"))) == "token_signature"
    assert code(ask(client, of("42", secret, site="elsewhere"))) == "token_of_another_site"
    elsewhere = OWN.replace("numonix", "elsewhere")
    headers = {"Authorization": f"Bearer {of('42', others, site='elsewhere')}"}
    assert client.get(elsewhere, headers=headers).status_code == 404


def test_refusals_have_their_status_and_reason(client: Client, secret: str, record: Record) -> None:
    consent_id, now = record(), int(timezone.now().timestamp())
    cases = {
        of("42", secret, exp=now - 120): (401, "token_expired"),
        of("42", secret, exp=now + 7200): (401, "token_too_long"),
        of("42", secret, header={"alg": "none"}): (401, "token_algorithm"),
        of("a" * 2000, secret): (413, "token_too_large"),
        "x": (401, "token_malformed"),
    }
    for text, (status, reason) in cases.items():
        for answer in (ask(client, text), ask(client, text, "delete"), link(client, consent_id, text)):
            assert (answer.status_code, code(answer)) == (status, reason)
    assert code(client.get(OWN)) == "token_missing"
    assert code(link(client, "nonsense", of("42", secret))) == "consent_id_missing"
    assert code(link(client, str(uuid.uuid4()), of("42", secret))) == "no_record"
    assert not UserLink.objects.exists()


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/json", 400),
        ('{"token": 1}', "application/json", 400),
        ('{"token": "a", "more": 1}', "application/json", 400),
        ('{"token": "' + "a" * 5000 + '"}', "application/json", 413),
        ('{"token": "a"}', "application/xml", 415),
    ],
)
def test_body_that_is_none_is_refused(client: Client, secret: str, body: str, kind: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {uuid.uuid4()}"}
    assert client.put(LINK, body, content_type=kind, headers=headers).status_code == status


def test_website_without_a_secret_takes_no_token(client: Client, published: Publication, record: Record) -> None:
    assert code(link(client, record(), token(secret=""))) == "token_signature"


def test_pages_of_the_website_may_ask_and_others_not(client: Client, secret: str, record: Record) -> None:
    consent_id, text = record(), of("42", secret)
    assert link(client, consent_id, text, Origin=ORIGIN)["Access-Control-Allow-Origin"] == ORIGIN
    assert link(client, consent_id, text, Origin="https://evil.example").status_code == 403
    assert ask(client, text, Origin="https://evil.example").status_code == 403
    preflight = client.options(LINK, headers={"Origin": ORIGIN})
    assert (preflight.status_code, preflight["Access-Control-Allow-Methods"]) == (204, "PUT")
    assert client.options(OWN, headers={"Origin": ORIGIN})["Access-Control-Allow-Methods"] == "GET, DELETE"


@pytest.mark.usefixtures("limits_stand_still")
def test_limit_is_of_a_user_and_of_whoever_guesses_and_not_of_the_websites_server(
    client: Client, secret: str, record: Record, settings: Any
) -> None:
    link(client, record(), of("42", secret))
    settings.EVENT_RATE = "2/day"
    assert [ask(client, of(str(user), secret)).status_code for user in range(40, 44)] == [404, 404, 200, 404]
    assert [ask(client, of("42", secret)).status_code for _ in range(2)] == [200, 429]
    refused = [ask(client, token(secret="a guess")) for _ in range(3)]
    assert [answer.status_code for answer in refused] == [401, 401, 429]
    assert int(refused[-1]["Retry-After"]) > 0


def test_erasing_by_user_erases_every_device_and_nobody_else(client: Client, secret: str, record: Record) -> None:
    phone, laptop, somebody = record(), record(), record()
    record(phone)
    for consent_id in (phone, laptop):
        link(client, consent_id, of("42", secret))
    link(client, somebody, of("43", secret))
    answer = ask(client, of("42", secret), "delete")
    assert (answer.status_code, answer["Tk"]) == (204, "U")
    assert ConsentEvent.objects.filter(consent_ref=None, salts=None).count() == 3
    assert ConsentEvent.objects.get(consent_ref=consent_ref_of(uuid.UUID(somebody)))
    assert UserLink.objects.count() == 1
    assert ask(client, of("42", secret), "delete").status_code == 404


def test_visitors_own_erasure_takes_the_link_along(
    client: Client, secret: str, record: Record, published: Publication
) -> None:
    consent_id = record()
    link(client, consent_id, of("42", secret))
    erase_consent(site_id=published.site_id, consent_ref=consent_ref_of(uuid.UUID(consent_id)))
    assert not UserLink.objects.exists()


def test_link_goes_when_the_records_time_is_over(
    client: Client, secret: str, record: Record, settings: Any, tmp_path: Any
) -> None:
    settings.LEDGER_KEYS, settings.EXPORTS_FOLDER = tmp_path / "keys", tmp_path / "exports"
    link(client, record(), of("42", secret))
    list(maintain(now=timezone.now()))
    assert UserLink.objects.exists()
    list(maintain(now=timezone.now() + timedelta(days=4000)))
    assert not UserLink.objects.exists()


def test_new_secret_ends_the_old_one_at_once_and_keeps_the_links(
    client: Client, site: Site, secret: str, record: Record
) -> None:
    link(client, record(), of("42", secret))
    fresh = make_link_secret(site=site, by="alice", now=NOW).secret
    assert fresh != secret
    assert code(ask(client, of("42", secret))) == "token_signature"
    assert ask(client, of("42", fresh)).status_code == 200


def test_lost_server_key_closes_everything_until_a_new_secret_is_made(
    client: Client, site: Site, secret: str, record: Record, settings: Any
) -> None:
    consent_id = record()
    link(client, consent_id, of("42", secret))
    settings.SECRET_KEY = "another"
    assert code(ask(client, of("42", secret))) == "token_signature"
    fresh = make_link_secret(site=site, by="alice", now=NOW).secret
    assert not UserLink.objects.exists()
    assert link(client, consent_id, of("42", fresh)).status_code == 204


def test_ending_removes_links_and_secret_and_no_record(client: Client, site: Site, secret: str, record: Record) -> None:
    link(client, record(), of("42", secret))
    end_user_links(site=site)
    assert not UserLink.objects.exists()
    assert code(ask(client, of("42", secret))) == "token_signature"
    assert ConsentEvent.objects.exclude(consent_ref=None).count() == 1

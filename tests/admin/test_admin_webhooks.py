"""Webhooks and signed-in visitors in the admin: what is shown once, what is logged, what is refused."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection

from consent.admin import webhooks as page
from consent.models import Attempt, Delivery, UserLink, UserLinkKey, Webhook
from consent.outbound import Outbound
from consent.public_addresses import WebAddress
from consent.services.deliveries import deliver
from consent.services.webhooks import announce, check_address, outbound
from consent.stored_secrets import opened
from cookies.models import Site
from tests.admin.conftest import NOW, url
from tests.consent.test_outbound import Website, leads_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from consent.models import Publication

pytestmark = pytest.mark.django_db

SECRET = re.compile(r"sayso_(?:wh|ul)_[0-9a-f]{64}")


@pytest.fixture
def receiver() -> Iterator[Website]:
    server = Website()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def make(client: Client, site: Site, address: str, *kinds: str) -> Any:
    return client.post(url("webhooks", site), {"address": address, "kinds": kinds or ["version.published"]})


def log() -> list[str]:
    return [entry.get_change_message() for entry in LogEntry.objects.order_by("id")]


def test_secret_of_a_webhook_is_shown_once_and_kept_by_no_browser(
    as_alice: Client, site: Site, receiver: Website
) -> None:
    answer = make(as_alice, site, str(receiver.says("/private-path", status=204)))
    shown = SECRET.search(answer.content.decode())
    assert shown
    assert "no-store" in answer["Cache-Control"]
    webhook = Webhook.objects.get()
    assert opened(webhook.secret) == shown[0]
    for where in (url("webhooks", site), url("webhook", site, webhook.pk)):
        assert not SECRET.search(as_alice.get(where).content.decode())
    assert log() == [f"Made a webhook to {webhook.host}: version.published."]
    assert "private-path" not in str(log())


@pytest.mark.parametrize("address", ["", "https://169.254.169.254/", "http://hooks.example.com/", "ftp://a.example/"])
def test_wrong_address_is_refused_in_words_at_its_field(as_alice: Client, site: Site, address: str) -> None:
    answer = make(as_alice, site, address)
    assert answer.context["form"].errors["address"]
    assert not Webhook.objects.exists()
    assert log() == []


def test_name_is_looked_up_outside_of_any_transaction(
    as_alice: Client, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Visitors' answers would wait for its end. The test is a transaction itself: one more level would show."""
    levels: list[int] = []

    def watched(*, typed: str, outbound: Outbound) -> WebAddress:
        levels.append(len(connection.savepoint_ids))
        return check_address(typed=typed, outbound=replace(outbound, resolve=leads_to("93.184.215.14")))

    monkeypatch.setattr(page, "check_address", watched)
    before = len(connection.savepoint_ids)
    make(as_alice, site, "https://hooks.example.com/")
    assert levels == [before]
    assert Webhook.objects.get().address == "https://hooks.example.com/"


def test_message_that_was_not_taken_is_marked_explained_and_sent_again(
    as_alice: Client, site: Site, receiver: Website
) -> None:
    make(as_alice, site, str(receiver.says("/hook", b"what it answered", status=500)))
    announce(site=site, kind="version.published", facts={"number": 7}, now=NOW)
    deliver(outbound=outbound())
    delivery = Delivery.objects.get()
    shown = as_alice.get(url("webhook", site, delivery.webhook_id)).content.decode()
    assert "Trying again" in shown
    assert "Answered 500." in shown
    assert "what it answered" not in shown
    assert "&quot;number&quot;:7" in shown
    Delivery.objects.update(given_up_at=NOW, next_at=None)
    for where in (url("webhooks", site), url("webhook", site, delivery.webhook_id)):
        assert "given up" in as_alice.get(where).content.decode()
    receiver.says("/hook", status=204)
    as_alice.post(url("webhook-again", site, delivery.webhook_id, delivery.pk))
    deliver(outbound=outbound())
    assert "Taken, with 204." in as_alice.get(url("webhook", site, delivery.webhook_id)).content.decode()
    assert [attempt.status for attempt in Attempt.objects.all()] == [500, 204]
    assert log()[-1] == f"Had a message to {delivery.webhook.host} sent again."


def test_removing_a_webhook_removes_its_log_and_is_logged(as_alice: Client, site: Site, receiver: Website) -> None:
    make(as_alice, site, str(receiver.says("/hook", status=204)))
    announce(site=site, kind="version.published", facts={}, now=NOW)
    webhook = Webhook.objects.get()
    as_alice.post(url("webhook-remove", site, webhook.pk))
    assert not Webhook.objects.exists()
    assert not Delivery.objects.exists()
    assert log()[-1] == f"Removed the webhook to {webhook.host}."


def test_webhook_of_another_website_is_not_reached_through_ones_own(
    as_alice: Client, as_mallory: Client, site: Site, mallory_site: Site, receiver: Website
) -> None:
    make(as_alice, site, str(receiver.says("/hook", status=204)))
    announce(site=site, kind="version.published", facts={}, now=NOW)
    delivery = Delivery.objects.get()
    assert as_mallory.get(url("webhook", mallory_site, delivery.webhook_id)).status_code == 404
    for name, rows in (
        ("webhook-remove", [delivery.webhook_id]),
        ("webhook-again", [delivery.webhook_id, delivery.pk]),
    ):
        assert as_mallory.post(url(name, mallory_site, *rows)).status_code == 404
    assert Webhook.objects.exists()


def test_secret_for_signed_in_visitors_is_shown_once_and_made_anew(as_alice: Client, site: Site) -> None:
    where = url("user-links", site)
    assert "Not in use" in as_alice.get(where).content.decode()
    shown = []
    for _ in range(2):
        answer = as_alice.post(where)
        assert "no-store" in answer["Cache-Control"]
        found = SECRET.search(answer.content.decode())
        assert found
        assert opened(UserLinkKey.objects.get().secret) == found[0]
        shown.append(found[0])
    assert shown[0] != shown[1]
    assert not SECRET.search(as_alice.get(where).content.decode())
    assert log() == ["Made the secret that links consents to signed-in visitors."] * 2


def test_ending_the_links_is_logged(as_alice: Client, site: Site) -> None:
    as_alice.post(url("user-links", site))
    UserLink.objects.create(site=site, user_ref="a" * 64, consent_ref="b" * 64, linked_at=NOW)
    assert "<b>1</b> consent is linked" in as_alice.get(url("user-links", site)).content.decode()
    as_alice.post(url("user-links-end", site))
    assert not UserLink.objects.exists()
    assert not UserLinkKey.objects.exists()
    assert log()[-1] == "Ended the links between consents and signed-in visitors."


def test_install_leads_owners_there_and_nobody_else(browse: Callable[[str], Client], published: Publication) -> None:
    site = published.site
    links = [url("webhooks", site), url("user-links", site)]
    assert all(link in browse("alice").get(url("install", site)).content.decode() for link in links)
    assert not any(link in browse("bob").get(url("install", site)).content.decode() for link in links)

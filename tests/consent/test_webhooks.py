"""Webhooks: what is told, to whom, signed; and what becomes of it where the receiver is slow, broken or gone."""

from __future__ import annotations

import json
import re
import subprocess
import threading
import time
import types
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction

from consent.models import Announcement, Attempt, Delivery, Publication, Webhook
from consent.outbound import Limits, Outbound
from consent.public_addresses import read_address
from consent.reports.events import EventSearch
from consent.services.deliveries import CLAIMED_FOR, Sent, deliver
from consent.services.exports import ask_export, make_export
from consent.services.publishing import put_live
from consent.services.webhooks import (
    LOG_KEPT_FOR,
    announce,
    check_address,
    forget_old_announcements,
    make_webhook,
    remove_webhook,
    send_again,
)
from consent.webhooks import GIVEN_UP_AFTER, KINDS, Message, body_of, next_try, signature_of
from cookies.models import Site
from cookies.services.sites import create_site
from tests.conftest import add_person
from tests.consent.conftest import NOW
from tests.consent.test_outbound import Handler, Website, leads_to
from tests.facts import ANSWERABLE
from tests.node import node_command

GUIDE = Path(__file__).parents[2] / "docs" / "webhooks.md"
# How long a test's sender waits for an answer.
PATIENCE = 0.6


@pytest.fixture
def receiver() -> Iterator[Website]:
    server = Website()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def hook(site: Site, receiver: Website) -> Callable[..., tuple[Webhook, str]]:
    """Makes a webhook to a path of the receiver, and has its secret."""

    def make(path: str = "/hook", *, of: Site = site, status: int = 204, **headers: Any) -> tuple[Webhook, str]:
        address = receiver.says(path, status=status, **headers)
        made = make_webhook(site=of, address=address, kinds=list(KINDS), by="alice", now=NOW)
        return made.webhook, made.secret

    return make


def sender(**facts: Any) -> Outbound:
    limits = Limits(seconds=PATIENCE, size=2000)
    return Outbound(user_agent="Sayso test", **{"own_machine": True, "limits": limits, **facts})


def send(now: datetime = NOW, **facts: Any) -> Sent:
    return deliver(outbound=sender(**facts), clock=lambda: now)


def tell(site: Site, number: int = 7) -> Announcement:
    announced = announce(site=site, kind="version.published", facts={"number": number}, now=NOW)
    assert announced
    return announced


# --- What is said ---


def test_body_is_the_same_bytes_each_time_and_says_nothing_more_than_it_should() -> None:
    message = Message(uuid.UUID(int=1), "version.published", "numonix", NOW, {"number": 7})
    assert body_of(message) == (
        b'{"facts":{"number":7},"id":"00000000-0000-0000-0000-000000000001","kind":"version.published",'
        b'"site":"numonix","time":"2026-11-22T03:00:00Z"}'
    )


def test_signature_covers_time_and_body() -> None:
    """HMAC-SHA256 of `1795921200.{}` under `secret`, by another program (openssl dgst -sha256 -hmac secret)."""
    expected = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", "secret"], input=b"1795921200.{}", capture_output=True, check=True
    ).stdout.decode()
    assert signature_of("secret", b"{}", at=1795921200) == f"t=1795921200,v1={expected.split()[-1]}"


def test_tries_grow_apart_and_end_after_three_days() -> None:
    now, gaps = NOW, []
    for tries in range(1, 30):
        again = next_try(tries=tries, since=NOW, now=now)
        if again is None:
            break
        gaps.append((again - now).total_seconds() / 60)
        now = again
    assert gaps[:6] == [1, 5, 30, 120, 360, 360]
    assert set(gaps[6:]) == {360}
    assert GIVEN_UP_AFTER - timedelta(hours=6) < now - NOW <= GIVEN_UP_AFTER


# --- Who is told ---


@pytest.mark.django_db
def test_nothing_is_kept_where_nobody_wants_to_know(site: Site) -> None:
    assert announce(site=site, kind="version.published", facts={}, now=NOW) is None
    assert not Announcement.objects.exists()


@pytest.mark.django_db
def test_only_those_who_asked_for_a_kind_are_told(site: Site, mallory_site: Site, receiver: Website) -> None:
    for path, kinds, of in (("/a", ["export.ready"], site), ("/b", ["version.published"], site)):
        make_webhook(site=of, address=receiver.says(path, status=204), kinds=kinds, by="alice", now=NOW)
    everything = receiver.says("/c", status=204)
    make_webhook(site=mallory_site, address=everything, kinds=list(KINDS), by="mallory", now=NOW)
    tell(site)
    assert send() == Sent(taken=1)
    assert [path for _, path, _, _ in receiver.asked] == ["/b"]


@pytest.mark.django_db
def test_publishing_and_a_finished_export_are_announced(
    published: Publication, hook: Callable[..., Any], receiver: Website, settings: Any, tmp_path: Path
) -> None:
    settings.EXPORTS_FOLDER = tmp_path
    hook()
    put_live(version=published.version, by="pia", now=NOW)
    make_export(export=ask_export(site=published.site, form="csv", search=EventSearch(), by="ada", now=NOW))
    send(datetime.now(UTC))
    said = [json.loads(body) for _, _, _, body in receiver.asked]
    assert [message["kind"] for message in said] == ["version.published", "export.ready"]
    assert [message["site"] for message in said] == ["numonix", "numonix"]
    assert said[0]["facts"] == {
        "version": published.version.digest,
        "number": 1,
        "in_effect_at": "2026-11-22T03:00:00+00:00",
    }
    assert said[1]["facts"]["count"] == 0
    # Who published and who asked for the export is nobody's business but the website's own team's.
    assert not {"pia", "ada"} & set(re.findall(r"\w+", str(said)))


@pytest.mark.django_db
def test_what_was_rolled_back_is_not_told(published: Publication, hook: Callable[..., Any]) -> None:
    hook()
    with transaction.atomic():
        put_live(version=published.version, by="pia", now=NOW)
        transaction.set_rollback(True)
    assert not Announcement.objects.exists()


# --- Taking a message: the guide's own examples ---


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


@pytest.mark.django_db
def test_examples_of_the_guide_know_our_messages_from_others(
    site: Site, hook: Callable[..., tuple[Webhook, str]], receiver: Website, tmp_path: Path
) -> None:
    _, secret = hook()
    tell(site)
    assert send(datetime.now(UTC)) == Sent(taken=1)
    _, _, headers, body = receiver.asked[0]
    right = headers["x-signature"]
    past = signature_of(secret, body, at=int(time.time()) - 301)
    cases: list[tuple[str, str, bytes]] = [
        (secret, right, body),
        ("sayso_wh_other", right, body),
        (secret, right, body + b" "),
        (secret, right.replace("v1=", "v1=0"), body),
        (secret, re.sub(r"t=\d+", f"t={int(time.time()) + 1}", right), body),
        (secret, past, body),
        (secret, "", body),
        (secret, "t=x,v1=y", body),
    ]
    expected = [True] + [False] * 7
    guide = types.ModuleType("guide")
    exec(block("python"), guide.__dict__)
    assert [guide.is_ours(*case) for case in cases] == expected
    (tmp_path / "guide.mjs").write_text(block("js"))
    (tmp_path / "try.mjs").write_text(
        'import { isOurs } from "./guide.mjs";\n'
        f"const cases = {json.dumps([[key, said, raw.decode()] for key, said, raw in cases])};\n"
        "console.log(JSON.stringify(cases.map(([key, said, raw]) => isOurs(key, said, Buffer.from(raw)))));"
    )
    answer = subprocess.run([*node_command(), str(tmp_path / "try.mjs")], capture_output=True, text=True, check=True)
    assert json.loads(answer.stdout) == expected


@pytest.mark.django_db
def test_message_is_json_of_the_announcement(site: Site, hook: Callable[..., Any], receiver: Website) -> None:
    hook()
    announced = tell(site)
    send()
    command, path, headers, body = receiver.asked[0]
    assert (command, path, headers["content-type"]) == ("POST", "/hook", "application/json")
    assert json.loads(body)["id"] == str(announced.id)
    assert "cookie" not in headers
    assert "authorization" not in headers


# --- When nobody takes it ---


@pytest.mark.django_db
def test_receiver_that_fails_for_a_day_is_tried_again_and_has_it_in_the_end(
    site: Site, hook: Callable[..., tuple[Webhook, str]], receiver: Website
) -> None:
    webhook, _ = hook(status=500)
    announced, now = tell(site), NOW
    while now < NOW + timedelta(days=1):
        assert send(now) == Sent(failed=1)
        assert send(now) == Sent()
        now = Delivery.objects.get().next_at or now
    receiver.says("/hook", status=200)
    assert send(now) == Sent(taken=1)
    assert send(now + timedelta(days=1)) == Sent()
    delivery = webhook.deliveries.get()
    assert (delivery.taken_at, delivery.given_up_at, delivery.next_at) == (now, None, None)
    assert {json.loads(body)["id"] for _, _, _, body in receiver.asked} == {str(announced.id)}
    assert [attempt.status for attempt in delivery.attempts.all()] == [500] * (len(receiver.asked) - 1) + [200]
    assert Attempt.objects.filter(error="Answered 500.").count() == len(receiver.asked) - 1


@pytest.mark.django_db
def test_message_is_given_up_after_three_days_and_sent_again_by_hand(
    site: Site, hook: Callable[..., Any], receiver: Website
) -> None:
    hook(status=500)
    tell(site)
    now, total = NOW, Sent()
    while (delivery := Delivery.objects.get()).next_at:
        now = delivery.next_at
        sent = send(now)
        total.failed, total.given_up = total.failed + sent.failed, total.given_up + sent.given_up
    assert delivery.given_up_at == now
    assert (total.given_up, total.failed) == (1, delivery.tries)
    assert NOW + timedelta(days=2, hours=18) < now <= NOW + GIVEN_UP_AFTER
    receiver.says("/hook", status=202)
    send_again(delivery=delivery, now=now)
    assert send(now) == Sent(taken=1)
    delivery.refresh_from_db()
    assert delivery.given_up_at is None


@pytest.mark.django_db
def test_message_that_waited_for_a_week_has_its_three_days_all_the_same(
    site: Site, hook: Callable[..., Any], receiver: Website
) -> None:
    hook(status=500)
    tell(site)
    assert send(NOW + timedelta(days=7)) == Sent(failed=1)
    assert Delivery.objects.get().next_at == NOW + timedelta(days=7, minutes=1)


@pytest.mark.django_db
def test_receiver_that_hangs_is_cut_off_and_holds_nobody_up(
    site: Site, hook: Callable[..., tuple[Webhook, str]], receiver: Website
) -> None:
    released = threading.Event()

    def hang(handler: Handler) -> None:
        released.wait(5)

    silent = [hook(f"/silent/{number}")[0] for number in range(4)]
    receiver.pages |= {f"/silent/{number}": hang for number in range(4)}
    hook("/quick")
    for number in range(5):
        tell(site, number)
    begun = time.monotonic()
    sent = send()
    released.set()
    assert time.monotonic() - begun < 3 * PATIENCE
    assert sent == Sent(taken=5, failed=4)
    assert [path for _, path, _, _ in receiver.asked].count("/quick") == 5
    attempt = Attempt.objects.get(delivery__webhook=silent[0])
    assert (attempt.status, attempt.error) == (None, "localhost took longer than 0.6 seconds.")
    assert attempt.milliseconds >= 1000 * PATIENCE
    # The other four wait for the next run.
    assert silent[0].deliveries.filter(next_at=NOW, tries=0).count() == 4


@pytest.mark.django_db
def test_redirect_is_not_followed_wherever_it_leads(site: Site, hook: Callable[..., Any], receiver: Website) -> None:
    hook(status=307, Location="http://169.254.169.254/latest/meta-data/")
    tell(site)
    assert send() == Sent(failed=1)
    assert len(receiver.asked) == 1
    attempt = Attempt.objects.get()
    assert attempt.status == 307
    assert "Redirects are not followed" in attempt.error


@pytest.mark.django_db
def test_name_that_leads_inside_since_it_was_made_is_not_sent_to(site: Site, receiver: Website) -> None:
    address = read_address("https://hooks.example.com/")
    make_webhook(site=site, address=address, kinds=list(KINDS), by="alice", now=NOW)
    tell(site)
    assert send(own_machine=False, resolve=leads_to("127.0.0.1")) == Sent(failed=1)
    assert receiver.connections == 0
    assert "not on the public internet" in Attempt.objects.get().error


@pytest.mark.django_db
def test_answer_is_not_kept(site: Site, hook: Callable[..., Any], receiver: Website) -> None:
    hook()
    receiver.says("/hook", b"a secret of the receiver", status=500)
    tell(site)
    send()
    assert "secret of" not in str([*Attempt.objects.values(), *Delivery.objects.values()])


@pytest.mark.django_db
def test_two_senders_do_not_send_one_message_at_once_and_a_dead_ones_is_sent_by_another(
    site: Site, hook: Callable[..., Any], receiver: Website
) -> None:
    hook()
    tell(site)
    during: list[Sent] = []

    def clock() -> datetime:
        # Asked again when the answer is there and not written down yet: now the other one comes.
        if receiver.asked and not during:
            during.append(send())
        return NOW

    assert deliver(outbound=sender(), clock=clock) == Sent(taken=1)
    assert during == [Sent()]
    assert len(receiver.asked) == 1
    Delivery.objects.update(taken_at=None, next_at=NOW, claimed_until=NOW + CLAIMED_FOR)
    assert send() == Sent()
    assert send(NOW + CLAIMED_FOR) == Sent(taken=1)


@pytest.mark.django_db(transaction=True)
def test_messages_are_sent_once_by_two_maintainers_together(receiver: Website) -> None:
    site = create_site(key="busy", name="Busy", domains=["https://busy.example"], owner=add_person("al"), **ANSWERABLE)
    for path in ("/a", "/b", "/c"):
        make_webhook(site=site, address=receiver.says(path, status=204), kinds=list(KINDS), by="al", now=NOW)
    ids = [str(tell(site, number).id) for number in range(5)]
    start = threading.Barrier(1 if connection.vendor == "sqlite" else 2)
    results: list[int] = []

    def run() -> None:
        start.wait()
        try:
            results.append(send().taken)
        finally:
            connections.close_all()

    # A test's SQLite is in memory and has one writer: there the two come one after the other.
    if connection.vendor == "sqlite":
        run()
        run()
    else:
        runs = [threading.Thread(target=run) for _ in range(2)]
        for one in runs:
            one.start()
        for one in runs:
            one.join(timeout=30)
    assert sum(results) == 15
    assert sorted(json.loads(body)["id"] for _, _, _, body in receiver.asked) == sorted(ids * 3)


@pytest.mark.django_db
def test_secret_that_is_lost_is_said_and_nothing_unsigned_is_sent(
    site: Site, hook: Callable[..., Any], receiver: Website, settings: Any
) -> None:
    hook()
    tell(site)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    assert send() == Sent(failed=1)
    assert receiver.asked == []
    assert "SECRET_KEY was changed" in Attempt.objects.get().error
    settings.SECRET_KEY = old
    assert send(NOW + timedelta(minutes=1)) == Sent(taken=1)


@pytest.mark.django_db
def test_secret_is_not_in_the_database(hook: Callable[..., tuple[Webhook, str]]) -> None:
    webhook, secret = hook()
    assert len(secret) >= 64
    assert secret not in str(Webhook.objects.values())
    assert secret.removeprefix("sayso_wh_") not in webhook.secret


@pytest.mark.django_db
def test_removed_webhook_is_told_nothing_more(
    site: Site, hook: Callable[..., tuple[Webhook, str]], receiver: Website
) -> None:
    webhook, _ = hook()
    tell(site)
    remove_webhook(webhook=webhook)
    assert send() == Sent()
    assert receiver.asked == []


@pytest.mark.django_db
def test_log_is_forgotten_but_not_what_is_still_to_be_sent(site: Site, hook: Callable[..., Any]) -> None:
    hook()
    tell(site)
    later = NOW + LOG_KEPT_FOR + timedelta(seconds=1)
    assert forget_old_announcements(now=later) == 0
    send()
    assert forget_old_announcements(now=NOW + LOG_KEPT_FOR) == 0
    assert forget_old_announcements(now=later) == 1
    assert not Delivery.objects.exists()


# --- Making one ---


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("http://hooks.example.com/", "begins with https://"),
        ("ftp://hooks.example.com/", "https:// or http://"),
        ("https://user:pass@hooks.example.com/", "user name"),
        ("https://hooks.example.com:8443/", "port 8443"),
        ("https://169.254.169.254/", "not on the public internet"),
        ("https://localhost/", "not on the public internet"),
        ("https://[::ffff:10.0.0.1]/", "not a web address"),
        ("nonsense", "https:// or http://"),
    ],
)
def test_address_that_may_not_be_asked_is_refused_when_it_is_named(typed: str, sentence: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(sentence)):
        check_address(typed=typed, outbound=sender(own_machine=False))


def test_name_that_leads_inside_is_refused_when_it_is_named() -> None:
    inside = sender(own_machine=False, resolve=leads_to("93.184.215.14", "10.0.0.7"))
    with pytest.raises(ValidationError, match="not on the public internet"):
        check_address(typed="https://hooks.example.com/", outbound=inside)
    nowhere = sender(own_machine=False, resolve=leads_to())
    with pytest.raises(ValidationError, match="leads nowhere"):
        check_address(typed="https://hooks.example.com/", outbound=nowhere)


def test_public_address_is_taken_without_asking_it() -> None:
    outside = sender(own_machine=False, resolve=leads_to("93.184.215.14"))
    assert str(check_address(typed=" https://hooks.example.com/a?b=c ", outbound=outside)) == (
        "https://hooks.example.com/a?b=c"
    )


@pytest.mark.django_db
def test_webhooks_are_few_and_each_address_stands_once(site: Site) -> None:
    def make(number: int) -> None:
        address = read_address(f"https://hooks.example.com/{number}")
        make_webhook(site=site, address=address, kinds=["export.ready"], by="alice", now=NOW)

    make(0)
    with pytest.raises(ValidationError, match="already"):
        make(0)
    for number in range(1, 10):
        make(number)
    with pytest.raises(ValidationError, match="at most 10"):
        make(10)
    with pytest.raises(ValidationError, match="at least one"):
        make_webhook(site=site, address=read_address("https://a.example/"), kinds=["other"], by="alice", now=NOW)

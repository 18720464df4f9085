"""Logging in is tried a limited number of times, counted for all processes, without keeping names or addresses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from accounts.models import LoginAttempts
from accounts.services.attempts import FOR_AN_ADDRESS, drop_old_attempts, forget_attempts, take_attempt

if TYPE_CHECKING:
    from django.contrib.auth.models import User

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def attempt(name: str = "alice", address: str = "192.0.2.1", now: datetime = NOW) -> datetime | None:
    return take_attempt(name=name, address=address, limit=5, minutes=15, now=now)


def test_sixth_attempt_waits_until_the_time_is_over() -> None:
    assert [attempt() for _ in range(5)] == [None] * 5
    assert attempt() == NOW + timedelta(minutes=15)
    assert attempt(now=NOW + timedelta(minutes=15)) is None


def test_somebody_elsewhere_still_gets_in() -> None:
    for _ in range(6):
        attempt()
    assert attempt(address="198.51.100.7") is None


def test_one_address_can_not_try_names_for_ever() -> None:
    for number in range(5 * FOR_AN_ADDRESS):
        assert attempt(name=f"name-{number}") is None
    assert attempt(name="one-more")
    assert attempt(name="one-more", address="198.51.100.7") is None


def test_right_password_starts_afresh() -> None:
    for _ in range(5):
        attempt()
    forget_attempts(name="alice", address="192.0.2.1")
    assert attempt() is None


def test_neither_name_nor_address_is_kept_and_nothing_for_long() -> None:
    attempt()
    kept = str(list(LoginAttempts.objects.values()))
    assert "alice" not in kept
    assert "192.0.2" not in kept
    drop_old_attempts(minutes=15, now=NOW + timedelta(minutes=16))
    assert not LoginAttempts.objects.exists()


def test_login_says_how_long_to_wait_also_with_the_right_password(alice: User, client: Client) -> None:
    alice.set_password("a-long-password-of-alice")
    alice.save()
    for _ in range(5):
        client.post("/admin/login/", {"username": "alice", "password": "wrong"})
    locked = client.post("/admin/login/", {"username": "alice", "password": "a-long-password-of-alice"})
    assert "Too many attempts. Try again in" in locked.content.decode()
    assert client.get("/admin/").status_code == 302

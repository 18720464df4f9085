"""Two-factor login: set up with an app, asked for at each login, recoverable, and demanded where the server says so."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import RecoveryCodes
from accounts.services.second_factor import begin_set_up, finish_set_up, make_recovery_codes, readable_key
from cookies.models import Site

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-password-of-alice"
SET_UP, CODE, HOME = "/admin/two-factor/", "/admin/two-factor/code/", "/admin/"


@pytest.fixture
def person(alice: User) -> User:
    alice.set_password(PASSWORD)
    alice.save()
    return alice


@pytest.fixture
def codes(person: User) -> list[str]:
    """A person with an app, and with these recovery codes."""
    device = begin_set_up(user=person)
    finish_set_up(user=person, code=code_of(device))
    forget_used(person)
    return make_recovery_codes(user=person)


def code_of(device: TOTPDevice) -> str:
    """What the app shows now."""
    return f"{TOTP(device.bin_key, device.step, device.t0, device.digits).token():06d}"


def forget_used(person: User) -> None:
    """A code works once; a test has no thirty seconds to wait for the next."""
    TOTPDevice.objects.filter(user=person).update(last_t=-1)


def log_in(client: Client, password: str = PASSWORD, name: str = "alice") -> int:
    return client.post("/admin/login/?next=/admin/", {"username": name, "password": password}).status_code


def test_app_is_on_once_a_code_of_it_was_typed(person: User, client: Client) -> None:
    client.force_login(person)
    page = client.get(SET_UP).content.decode()
    assert "data:image/svg+xml" in page
    device = TOTPDevice.objects.get(user=person)
    assert readable_key(device) in page
    wrong = client.post(SET_UP, {"code": "000000"})
    assert "This code is wrong" in wrong.content.decode()
    assert not TOTPDevice.objects.get(user=person).confirmed
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    shown = client.post(SET_UP, {"code": code_of(device)}).content.decode()
    codes = re.findall(r'sy-code">([a-z2-7-]{19})<', shown)
    assert len(set(codes)) == 10
    # They are shown once, and only their hashes are kept.
    assert not any(code in str(RecoveryCodes.objects.get().hashes) for code in codes)
    assert not any(code in client.get(SET_UP).content.decode() for code in codes)
    assert client.get(HOME).status_code == 200
    assert LogEntry.objects.filter(change_message="Turned two-factor login on.").count() == 1


def test_password_alone_opens_nothing(codes: list[str], site: Site, client: Client) -> None:
    assert log_in(client) == 302
    for path in (HOME, SET_UP, f"/admin/cookies/site/{site.pk}/overview/"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith(CODE)
    assert client.get(CODE).status_code == 200


def test_code_opens_the_admin_once(person: User, codes: list[str], client: Client) -> None:
    code = code_of(TOTPDevice.objects.get(user=person))
    log_in(client)
    assert client.post(CODE, {"code": code, "next": HOME})["Location"] == HOME
    assert client.get(HOME).status_code == 200
    other = Client()
    log_in(other)
    assert "used already" in other.post(CODE, {"code": code}).content.decode()
    assert other.get(HOME).status_code == 302


def test_login_leads_to_no_other_website(person: User, codes: list[str], client: Client) -> None:
    log_in(client)
    code = code_of(TOTPDevice.objects.get(user=person))
    assert client.post(CODE, {"code": code, "next": "https://evil.example/"})["Location"] == reverse("admin:index")


def test_recovery_code_works_once_and_is_written_down(codes: list[str], client: Client) -> None:
    for times, status in ((1, 302), (2, 200)):
        browser = Client()
        log_in(browser)
        assert browser.post(CODE, {"code": codes[0].upper()}).status_code == status, times
    assert len(RecoveryCodes.objects.get().hashes) == 9
    assert LogEntry.objects.filter(change_message="Logged in with a recovery code.").count() == 1


def test_wrong_codes_make_wait(codes: list[str], client: Client) -> None:
    log_in(client)
    client.post(CODE, {"code": "000000"})
    assert "Too many wrong codes" in client.post(CODE, {"code": "000001"}).content.decode()


def test_turning_it_off_needs_the_password(person: User, codes: list[str], client: Client) -> None:
    log_in(client)
    client.post(CODE, {"code": codes[0]})
    assert "not your password" in client.post(SET_UP, {"action": "off", "password": "guess"}).content.decode()
    assert TOTPDevice.objects.filter(user=person).exists()
    client.post(SET_UP, {"action": "off", "password": PASSWORD})
    assert not TOTPDevice.objects.filter(user=person).exists()
    assert not RecoveryCodes.objects.exists()
    assert log_in(Client()) == 302


def test_new_recovery_codes_end_the_old(codes: list[str], client: Client) -> None:
    log_in(client)
    client.post(CODE, {"code": codes[0]})
    shown = client.post(SET_UP, {"action": "codes", "password": PASSWORD}).content.decode()
    assert codes[1] not in shown
    browser = Client()
    log_in(browser)
    assert browser.post(CODE, {"code": codes[1]}).status_code == 200


def test_server_that_demands_it_leads_everybody_to_the_set_up(
    person: User, site: Site, client: Client, settings: Any
) -> None:
    client.force_login(person)
    assert client.get(HOME).status_code == 200
    settings.REQUIRE_TWO_FACTOR = True
    assert client.get(HOME)["Location"].startswith(SET_UP)
    assert "This server asks it of everybody" in client.get(SET_UP).content.decode()
    client.post(SET_UP, {"code": code_of(TOTPDevice.objects.get(user=person))})
    assert client.get(HOME).status_code == 200


def test_command_lets_somebody_in_who_lost_everything(person: User, codes: list[str]) -> None:
    call_command("reset_two_factor", person.username)
    assert not TOTPDevice.objects.exists()
    with pytest.raises(CommandError, match="Nobody here is called eve"):
        call_command("reset_two_factor", "eve")

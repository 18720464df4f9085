"""A second factor for the login: turned on with an authenticator app, used, and turned off."""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django_otp import devices_for_user
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import RecoveryCodes, hash_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User

HOW_MANY_CODES = 10
CODE_BYTES = 10


def device_of(user: User) -> Any:
    """The person's authenticator app; None while there is none."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


@transaction.atomic
def begin_set_up(*, user: User) -> Any:
    """An app to be: its key, which counts only once a code of it was typed. The same one until then."""
    return TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "Authenticator app"})[0]


def finish_set_up(*, user: User, code: str) -> Any:
    """Turn it on with the first code of the app; the app. Raises ValidationError for a wrong one."""
    error = None
    with transaction.atomic():
        # Not taken back by a wrong code: the app's own count of wrong ones has to stand.
        device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
        if device is None or device_of(user):
            raise ValidationError("This page is out of date. Open it again.")
        error = _error_of(device, code)
        if error is None:
            device.confirmed = True
            device.save()
    if error:
        raise ValidationError(error)
    return device


@transaction.atomic
def make_recovery_codes(*, user: User) -> list[str]:
    """New codes in place of all before. They are shown once: only their hashes are kept."""
    codes = [_new_code() for _ in range(HOW_MANY_CODES)]
    RecoveryCodes.objects.update_or_create(
        user=user, defaults={"name": "Recovery codes", "confirmed": True, "hashes": [hash_of(code) for code in codes]}
    )
    return codes


def verify(*, user: User, code: str) -> Any:
    """The app or the recovery codes that accept this code. Raises ValidationError where neither does."""
    model = TOTPDevice if _is_of_app(code) else RecoveryCodes
    with transaction.atomic():
        device = model.objects.select_for_update().filter(user=user, confirmed=True).first()
        error = _error_of(device, code) if device else "This code is wrong."
    if error:
        raise ValidationError(error)
    return device


@transaction.atomic
def turn_off(*, user: User) -> bool:
    """Take the second factor away; whether there was one."""
    devices = list(devices_for_user(user, confirmed=None))
    for device in devices:
        device.delete()
    return any(device.confirmed for device in devices)


def readable_key(device: Any) -> str:
    """The key for typing it into an app by hand: ABCD EFGH …"""
    key = base64.b32encode(device.bin_key).decode()
    return " ".join(key[at : at + 4] for at in range(0, len(key), 4))


def _error_of(device: Any, code: str) -> str | None:
    is_allowed, why = device.verify_is_allowed()
    if not is_allowed:
        wait = max(1, round((why["locked_until"] - timezone.now()).total_seconds()))
        return f"Too many wrong codes. Wait {wait} seconds, then type a new one."
    if device.verify_token(code.replace(" ", "")):
        return None
    return "This code is wrong, or was used already. Codes of the app change every 30 seconds."


def _is_of_app(code: str) -> bool:
    plain = code.replace(" ", "")
    return plain.isdecimal() and len(plain) <= 8


def _new_code() -> str:
    code = base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower()
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))

"""What a login needs beside name and password: recovery codes, and a count of attempts."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Any

from django.db import models
from django_otp.models import Device, ThrottlingMixin


class RecoveryCodes(ThrottlingMixin, Device):  # type: ignore[misc]  # django-otp has no types
    """A person's recovery codes, for a phone that is lost. Only their hashes are kept, and each works once."""

    hashes: models.JSONField[Any, Any] = models.JSONField(default=list)

    class Meta:
        verbose_name = verbose_name_plural = "recovery codes"
        constraints = [models.UniqueConstraint(fields=["user"], name="recovery_codes_once_per_person")]

    def verify_token(self, token: str) -> bool:
        """Whether this is one of the codes; from then on it is not. The caller holds the row's lock."""
        is_allowed, _ = self.verify_is_allowed()
        if not is_allowed:
            return False
        tried = hash_of(token)
        left = [kept for kept in self.hashes if not hmac.compare_digest(kept, tried)]
        if len(left) == len(self.hashes):
            self.throttle_increment()
            return False
        self.hashes = left
        self.throttle_reset(commit=False)
        self.save()
        return True

    def get_throttle_factor(self) -> int:
        return 1


def hash_of(code: str) -> str:
    """How a code is kept. A fast hash is enough: a code has 80 random bits, so nobody tries them out."""
    plain = "".join(character for character in code.lower() if character.isalnum())
    return sha256(plain.encode()).hexdigest()


class LoginAttempts(models.Model):
    """How often somebody tried to log in of late. `key` is a keyed hash: it tells neither a name nor an address."""

    key = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "login attempts"

    def __str__(self) -> str:
        return f"{self.count} since {self.since:%H:%M}"

"""The forms of the login."""

from __future__ import annotations

from datetime import datetime
from math import ceil
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from unfold.forms import AuthenticationForm

from accounts.addresses import address_of
from accounts.services.attempts import drop_old_attempts, forget_attempts, take_attempt


class LoginForm(AuthenticationForm):  # type: ignore[misc]  # Unfold has no types
    """Name and password, a limited number of times."""

    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("username")
        if name and self.cleaned_data.get("password"):
            refuse_too_many(self.request, name)
        cleaned: dict[str, Any] = super().clean()
        if name:
            forget_attempts(name=name, address=address_of(self.request))
        return cleaned


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Code",
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": "Type the code."},
    )


class PasswordForm(forms.Form):
    """Whoever sits at an open browser is not yet the person whose browser it is."""

    password = forms.CharField(
        label="Your password",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Type your password."},
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        user, password = self.request.user, str(self.cleaned_data["password"])
        assert isinstance(user, User)
        refuse_too_many(self.request, user.get_username())
        if not user.check_password(password):
            raise ValidationError("That is not your password.")
        forget_attempts(name=user.get_username(), address=address_of(self.request))
        return password


def refuse_too_many(request: HttpRequest, name: str) -> None:
    """Count an attempt; raise ValidationError with a sentence where there were too many."""
    now, minutes = timezone.now(), settings.LOGIN_LOCK_MINUTES
    until = take_attempt(
        name=name, address=address_of(request), limit=settings.LOGIN_ATTEMPTS, minutes=minutes, now=now
    )
    if until:
        raise ValidationError(f"Too many attempts. Try again in {_wait(until, now)}.", code="locked")
    drop_old_attempts(minutes=minutes, now=now)


def _wait(until: datetime, now: datetime) -> str:
    minutes = max(1, ceil((until - now).total_seconds() / 60))
    return "a minute" if minutes == 1 else f"{minutes} minutes"

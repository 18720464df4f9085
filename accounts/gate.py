"""Between the password and the admin: the second factor of those who have one, or who must."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.functional import SimpleLazyObject

from accounts.services.second_factor import device_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User

CODE, SET_UP = "two-factor-code", "two-factor"
# Open to whoever has only typed a password: the way in, and the way out.
AHEAD = {CODE, "login", "logout", "jsi18n"}


def next_step(user: User | AnonymousUser) -> str | None:
    """The name of the page where a person has to go before anything else; None where the way is free."""
    # A test may log somebody in without the middleware that gives people this method.
    if not user.is_authenticated or user.is_verified():  # type: ignore[attr-defined]  # from django-otp
        return None
    if device_of(user):
        return CODE
    return SET_UP if settings.REQUIRE_TWO_FACTOR else None


class SecondFactorGate:
    """Middleware, after django-otp's. Nothing is asked of the session unless a page asks who is there."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.respond(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseRedirect | None:
        match = request.resolver_match
        if match is None or match.url_name in AHEAD:
            return None
        if "admin" not in match.namespaces and match.url_name != SET_UP:
            # Elsewhere, whoever has only typed a password is still a stranger.
            request.user = SimpleLazyObject(partial(_known, request.user))  # type: ignore[assignment]
            return None
        step = next_step(request.user)
        if step is None or step == match.url_name:
            return None
        return redirect_to_login(request.get_full_path(), resolve_url(step))


def _known(user: User | AnonymousUser) -> User | AnonymousUser:
    return AnonymousUser() if next_step(user) else user

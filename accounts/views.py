"""Two-factor login: the page that turns it on and off, and the one that asks for a code."""

from __future__ import annotations

from typing import Any

import django_otp
import segno
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.forms import CodeForm, PasswordForm
from accounts.gate import CODE, next_step
from accounts.models import RecoveryCodes
from accounts.services.second_factor import (
    begin_set_up,
    device_of,
    finish_set_up,
    make_recovery_codes,
    readable_key,
    turn_off,
    verify,
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def two_factor(request: HttpRequest) -> HttpResponse:
    """The person's own second factor."""
    user = _person(request)
    device = device_of(user)
    if device is None:
        return _set_up(request, user)
    action = request.POST.get("action", "")
    form = PasswordForm(request.POST if request.method == "POST" else None, request=request)
    if request.method == "POST" and form.is_valid():
        if action == "codes":
            record(user, by=user, sentence="Made new recovery codes.")
            return _show_codes(request, make_recovery_codes(user=user))
        if action == "off":
            turn_off(user=user)
            record(user, by=user, sentence="Turned two-factor login off.")
            messages.success(request, "Two-factor login is off.")
            return HttpResponseRedirect(reverse("two-factor"))
    codes = RecoveryCodes.objects.filter(user=user).first()
    return _page(
        request,
        "on",
        form=form,
        action=action,
        left=len(codes.hashes) if codes else 0,
        is_required=settings.REQUIRE_TWO_FACTOR,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """What follows the password, for those who have a second factor."""
    if next_step(request.user) != CODE:
        return HttpResponseRedirect(_onward(request))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        user = _person(request)
        try:
            device = verify(user=user, code=form.cleaned_data["code"])
        except ValidationError as error:
            form.add_error("code", error)
        else:
            django_otp.login(request, device)
            if isinstance(device, RecoveryCodes):
                record(user, by=user, sentence="Logged in with a recovery code.")
                messages.warning(request, f"{len(device.hashes)} recovery codes are left. Make new ones in time.")
            return HttpResponseRedirect(_onward(request))
    return _page(request, "code", form=form, next=request.GET.get("next", ""))


def record(user: User, *, by: User, sentence: str) -> None:
    """Write into the admin's log what was done to an account."""
    LogEntry.objects.log_actions(
        user_id=by.pk,
        queryset=[user],  # a list is enough, and Django's own admin gives one
        action_flag=CHANGE,
        change_message=sentence,
        single_object=True,
    )


def _set_up(request: HttpRequest, user: User) -> HttpResponse:
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            device = finish_set_up(user=user, code=form.cleaned_data["code"])
        except ValidationError as error:
            form.add_error("code", error)
        else:
            django_otp.login(request, device)
            record(user, by=user, sentence="Turned two-factor login on.")
            return _show_codes(request, make_recovery_codes(user=user))
    device = begin_set_up(user=user)
    return _page(
        request,
        "set_up",
        form=form,
        picture=segno.make(device.config_url, micro=False).svg_data_uri(scale=5, border=4, light="#fff"),
        key=readable_key(device),
        is_required=settings.REQUIRE_TWO_FACTOR,
    )


def _show_codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return _page(request, "recovery_codes", codes=codes, onward=_onward(request))


def _page(request: HttpRequest, name: str, **context: Any) -> TemplateResponse:
    titles = {"recovery_codes": "Recovery codes", "code": "One more step"}
    return TemplateResponse(
        request,
        f"admin/accounts/{name}.html",
        {**admin.site.each_context(request), "title": titles.get(name, "Two-factor login"), **context},
    )


def _onward(request: HttpRequest) -> str:
    """Where the person was going; never another website."""
    onward = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        onward, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return onward if is_ours else reverse("admin:index")


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user

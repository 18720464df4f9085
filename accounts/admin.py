"""Accounts and groups, for the administrators of the server."""

from __future__ import annotations

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.services.second_factor import turn_off
from accounts.views import record

admin.site.unregister(User)
admin.site.unregister(Group)
# It would show the keys of everybody's app.
admin.site.unregister(TOTPDevice)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[misc, type-arg]  # Unfold has no types
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "is_active", "is_staff", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser", "groups")
    actions = ("turn_two_factor_off",)

    @admin.action(description="Turn two-factor login off", permissions=["change"])
    def turn_two_factor_off(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """For somebody who lost phone and recovery codes."""
        assert isinstance(request.user, User)
        for person in people:
            if turn_off(user=person):
                record(person, by=request.user, sentence="Turned two-factor login off.")
                messages.success(request, f"{person} logs in with the password alone now.")
            else:
                messages.info(request, f"{person} had no two-factor login.")


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):  # type: ignore[misc]
    pass

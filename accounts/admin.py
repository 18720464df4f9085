"""Accounts and groups, for the administrators of the server."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Field, ManyToManyField, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from accounts.services.leaving import may_be_deleted
from accounts.services.second_factor import turn_off
from accounts.views import record
from consent.role_groups import PERMISSIONS
from cookies.access import is_group_of_a_role

admin.site.unregister(User)
admin.site.unregister(Group)
# It would show the keys of everybody's app.
admin.site.unregister(TOTPDevice)

HELP = {
    "username": "To log in with: letters, digits and @ . + - _",
    "is_active": "May log in. Take this away when somebody leaves: whoever has done anything stays in the log.",
    "is_staff": "May open this admin.",
    "is_superuser": "May do everything on every website, and manage people and groups.",
    "groups": "The page “Team” of a website gives and takes these. Here they are for mending only.",
}


class Titled:
    """Pages called what they are about, instead of “Select user to change”."""

    title, title_of_new = "", ""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        context = {"title": self.title, **(extra_context or {})}
        return super().changelist_view(request, context)  # type: ignore[misc]  # of Django's, whatever is mixed in

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        context["title"] = str(kwargs.get("obj") or self.title_of_new)
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]


@admin.register(User)
class UserAdmin(Titled, DjangoUserAdmin, ModelAdmin):  # type: ignore[misc, type-arg]  # Unfold has no types
    title, title_of_new = "People", "Add somebody"
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "is_active", "is_staff", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser", "groups")
    fieldsets = (
        (None, {"fields": ("username", "new_password")}),
        ("Who this is", {"fields": ("first_name", "last_name", "email")}),
        ("What they may do", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("When", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "password1", "password2")}),)
    readonly_fields = ("new_password", "last_login", "date_joined")
    filter_horizontal = ()
    actions = ("turn_two_factor_off",)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return (obj is None or may_be_deleted(obj)) and super().has_delete_permission(request, obj)

    @admin.display(description="Password")
    def new_password(self, person: User) -> str:
        """Nothing of the old one is worth reading: not even how it is kept."""
        where = reverse("admin:auth_user_password_change", args=[person.pk])
        return format_html('<a class="sy-link" href="{}">Set a new password</a>', where)

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget()
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name in HELP:
            field.help_text = HELP[db_field.name]
        return field

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
class GroupAdmin(Titled, DjangoGroupAdmin, ModelAdmin):  # type: ignore[misc]
    title, title_of_new = "Groups", "Add a group"

    # Ticked, not carried from one list into another, which has no names for whoever listens.
    filter_horizontal = ()

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return not (obj and is_group_of_a_role(obj.name)) and super().has_delete_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Group | None = None) -> tuple[str, ...]:
        return ("name",) if obj and is_group_of_a_role(obj.name) else ()

    def formfield_for_manytomany(self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        kwargs |= {"widget": UnfoldAdminCheckboxSelectMultipleWidget(), "queryset": permissions_to_give()}
        field: Any = super().formfield_for_manytomany(db_field, request, **kwargs)
        # Which app a thing belongs to is nothing to choose by.
        field.label_from_instance = str_of_permission
        return field


def permissions_to_give() -> QuerySet[Permission]:
    """What a role has, and whatever else a group was given: no page of the admin asks for the rest."""
    asked = frozenset[str]().union(*PERMISSIONS.values())
    rows = Permission.objects.values_list("pk", "content_type__app_label", "codename")
    keys = [key for key, app, codename in rows if f"{app}.{codename}" in asked]
    given = Group.permissions.through.objects.values("permission")
    return Permission.objects.filter(Q(pk__in=keys) | Q(pk__in=given)).order_by("name")


def str_of_permission(permission: Permission) -> str:
    return permission.name

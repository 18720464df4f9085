"""Who is on a website's team, and as what: the forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms

from cookies.forms import CalmForm, explained
from cookies.models import Role

if TYPE_CHECKING:
    from django.utils.safestring import SafeString


def role_choices() -> list[tuple[str, SafeString]]:
    parted = ((role.value, *role.label.split(": ")) for role in Role)
    return [(value, explained(label, f"{may[0].upper()}{may[1:]}.")) for value, label, may in parted]


class RolesForm(CalmForm):
    roles = forms.MultipleChoiceField(
        label="Roles",
        choices=role_choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="As many as fit. What one allows, another does not take away.",
        error_messages={"required": "Choose at least one role."},
    )


class NewMemberForm(RolesForm):
    who = forms.CharField(
        max_length=254,
        label="Who",
        help_text="The user name or e-mail address of somebody who has an account here.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("who", "roles")

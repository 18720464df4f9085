"""What an owner says of a token: for which program, what it may do, and for how long."""

from __future__ import annotations

from django import forms
from django.utils.safestring import SafeString

from cookies.forms import CalmForm, explained
from cookies.tokens import VERBS

LENGTHS = ((30, "30 days"), (90, "90 days"), (180, "180 days"), (365, "A year"))


def verb_choices() -> list[tuple[str, SafeString]]:
    parted = ((code, *words.split(": ")) for code, words in VERBS.items())
    return [(code, explained(label, f"{may[0].upper()}{may[1:]}.")) for code, label, may in parted]


class TokenForm(CalmForm):
    name = forms.CharField(
        max_length=60,
        label="Which program",
        help_text="The log names it. One token for each program, so that you can revoke one alone.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    verbs = forms.MultipleChoiceField(
        label="What it may do",
        choices=verb_choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="No more than it needs. None of them includes another.",
        error_messages={"required": "Choose at least one."},
    )
    days = forms.TypedChoiceField(
        label="Valid for",
        choices=LENGTHS,
        coerce=int,
        initial=90,
        help_text="Then it stops, and you make another one.",
    )

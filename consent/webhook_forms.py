"""What an owner says of a webhook: where it is, and what it is told."""

from __future__ import annotations

from django import forms
from django.utils.safestring import SafeString

from consent.public_addresses import LONGEST
from consent.webhooks import KINDS
from cookies.forms import CalmForm, explained


def kind_choices() -> list[tuple[str, SafeString]]:
    return [(kind, explained(f"{words}.", kind)) for kind, words in KINDS.items()]


class WebhookForm(CalmForm):
    address = forms.CharField(
        max_length=LONGEST,
        label="Address",
        help_text="On your own server, open to the internet, beginning with https://.",
        error_messages={"required": "Write the address, such as https://www.example.com/sayso."},
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    kinds = forms.MultipleChoiceField(
        label="Tell it when",
        choices=kind_choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )

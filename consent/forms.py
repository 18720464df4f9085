"""The forms about what visitors are asked. They parse and explain; services decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from consent.admin.text_groups import grouped
from consent.models import Notice, SitePolicy
from consent.services.drafting import placeholders_of
from consent.services.publishing import APPEARANCE
from cookies.admin.languages import language_name
from cookies.forms import CalmForm, explained

LONG_TEXT = 80


class TextsForm(CalmForm):
    """All texts of one language. The built-in words stand in the empty fields."""

    def __init__(
        self, *args: Any, language: str, builtin: Mapping[str, str], own: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.groups = list(grouped(builtin))
        for group in self.groups:
            for key, label in group.labels.items():
                self.fields[key] = _text_field(label, builtin[key], own.get(key, ""), language)
        self.own = {key for key in own if key in builtin}

    def sections(self) -> list[dict[str, Any]]:
        """The groups with their fields, and how many of them hold the website's own words."""
        return [
            {
                "group": group,
                "fields": [self[key] for key in group.labels],
                "own": sum(key in self.own for key in group.labels),
                "is_open": group.important or any(self[key].errors for key in group.labels),
            }
            for group in self.groups
        ]


def _text_field(label: str, builtin: str, own: str, language: str) -> forms.CharField:
    attrs = {"placeholder": builtin, "lang": language}
    widget: forms.Widget = forms.TextInput(attrs=attrs)
    if len(builtin) > LONG_TEXT:
        widget = forms.Textarea(attrs={**attrs, "rows": 3})
    filled = placeholders_of(builtin)
    return forms.CharField(
        label=label,
        required=False,
        initial=own,
        max_length=1000,
        widget=widget,
        help_text=f"Filled in when it is shown: {', '.join(filled)}." if filled else "",
    )


class LanguagesForm(CalmForm):
    languages = forms.MultipleChoiceField(
        label="Languages to offer",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Every language has built-in words. You can change them under Texts.",
    )

    def __init__(self, *args: Any, offered: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["languages"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(offered)


class AppearanceForm(CalmForm):
    position = forms.ChoiceField(
        label="Where it stands",
        choices=Notice.Position.choices,
        widget=forms.RadioSelect,
        help_text="On phones it is a sheet at the bottom.",
    )
    brand_colour = forms.CharField(label="Buttons", max_length=7)
    brand_text_colour = forms.CharField(label="Text on the buttons", max_length=7)
    dark_brand_colour = forms.CharField(label="Buttons, dark mode", max_length=7)
    dark_brand_text_colour = forms.CharField(label="Text on the buttons, dark mode", max_length=7)
    radius = forms.IntegerField(
        label="Rounded corners",
        min_value=0,
        max_value=24,
        help_text="From 0 (square) to 24.",
        widget=forms.NumberInput(attrs={"class": "sy-short"}),
    )
    settings_button = forms.BooleanField(
        label="Show our small “Cookie settings” button",
        required=False,
        help_text="It stays away on pages that have a link of their own. One of the two must be there.",
    )

    def __init__(self, *args: Any, notice: Notice, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(notice, name) for name in APPEARANCE}
        super().__init__(*args, **kwargs)
        for name in COLOURS:
            self.fields[name].widget.attrs.update({"data-sy-colour": "", "autocomplete": "off", "spellcheck": "false"})


COLOURS = ("brand_colour", "brand_text_colour", "dark_brand_colour", "dark_brand_text_colour")

DNT_CHOICES = (
    (
        SitePolicy.DoNotTrack.HONOUR.value,
        explained("Honour it", "Everything optional stays off, without a question, unless the visitor switches it on."),
    ),
    (
        SitePolicy.DoNotTrack.DISREGARD.value,
        explained(
            "Disregard it",
            "The banner is shown all the same. Nothing optional runs before a yes, and the cookie list says that you "
            "do not respond to the signal. Global Privacy Control is honoured in any case.",
        ),
    ),
)


class PolicyForm(CalmForm):
    dnt = forms.ChoiceField(label="When a browser sends Do Not Track", choices=DNT_CHOICES, widget=forms.RadioSelect)
    grant_days = forms.IntegerField(
        label="Remember a yes for",
        min_value=1,
        max_value=395,
        help_text="Days. Regulators advise about six months (180). At most thirteen months (395).",
        widget=forms.NumberInput(attrs={"class": "sy-short"}),
    )
    refusal_days = forms.IntegerField(
        label="Remember a no for",
        min_value=180,
        max_value=395,
        help_text="Days, from 180 to 395: nobody should be asked again too soon.",
        widget=forms.NumberInput(attrs={"class": "sy-short"}),
    )

    def __init__(self, *args: Any, policy: SitePolicy, languages: Sequence[str], **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(policy, name) for name in ("dnt", "grant_days", "refusal_days")}
        super().__init__(*args, **kwargs)
        self.kept = policy.dnt_explanation
        self.add_translated(
            "dnt_explanation",
            "Your explanation",
            languages,
            self.kept,
            required=False,
            help_text="Stands in the cookie list beside what you chose. Leave it empty for the built-in sentence.",
        )

    def rules(self) -> dict[str, Any]:
        rules = {name: self.cleaned_data[name] for name in ("dnt", "grant_days", "refusal_days")}
        return {**rules, "dnt_explanation": self.translated("dnt_explanation", {})}


class OptOutLinkForm(CalmForm):
    url = forms.URLField(label="Address", max_length=500, assume_scheme="https", required=False)

    def __init__(self, *args: Any, languages: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        initial = self.initial.get("label", {})
        self.add_translated("label", "Words of the link", languages, initial, required=False)
        self.own_language = languages[0]
        self.order_fields([name for name in self.fields if name != "url"])

    def clean(self) -> dict[str, Any]:
        """Both or neither: an empty row is no link."""
        cleaned = super().clean() or self.cleaned_data
        label = f"label_{self.own_language}"
        has_words = any(value for name, value in cleaned.items() if name.startswith("label_"))
        if has_words and not cleaned.get("url") and "url" not in self.errors:
            self.add_error("url", "Write where the link leads.")
        if cleaned.get("url") and not cleaned.get(label):
            self.add_error(label, f"Write the words of the link in {language_name(self.own_language)}.")
        return cleaned

    @property
    def link(self) -> tuple[dict[str, str], str] | None:
        if not self.cleaned_data.get("url") or self.cleaned_data.get("DELETE"):
            return None
        return self.translated("label", {}), self.cleaned_data["url"]


OptOutLinkFormSet = forms.formset_factory(OptOutLinkForm, extra=1, can_delete=True, max_num=20, validate_max=True)


class PublishForm(CalmForm):
    reason = forms.CharField(
        label="Why you publish",
        required=False,
        max_length=300,
        help_text="For your colleagues and auditors. Visitors don't see it.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    # Names the draft that the page showed; the template writes it.
    draft = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

"""The forms about what visitors are asked. They parse and explain; services decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.safestring import SafeString

from consent.models import Notice, SitePolicy
from consent.models.notice import COLOUR
from consent.regime_words import PLACE_NOTES, PLACES, consequence, rule_name
from consent.regimes import CHOOSABLE, REGIMES, resolved
from consent.schedules import Dates, announcement_error, planned, schedule_errors
from consent.services.drafting import SAVED_MEANWHILE
from consent.services.publishing import APPEARANCE
from consent.texts_form import opened_with, sealed
from cookies.admin.languages import language_name
from cookies.forms import CalmForm, explained


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
    layout = forms.ChoiceField(
        label="Layout",
        choices=Notice.Layout.choices,
        widget=forms.RadioSelect,
        help_text="None covers the page with a curtain. On phones each is a sheet at the bottom.",
    )
    position = forms.ChoiceField(
        label="On which side",
        choices=Notice.Position.choices,
        widget=forms.RadioSelect,
        help_text="Of the card in a corner, the confirmation and the small settings button.",
    )
    brand_colour = forms.CharField(label="Buttons", validators=[COLOUR])
    brand_text_colour = forms.CharField(label="Text on the buttons", validators=[COLOUR])
    dark_brand_colour = forms.CharField(label="Buttons, dark mode", validators=[COLOUR])
    dark_brand_text_colour = forms.CharField(label="Text on the buttons, dark mode", validators=[COLOUR])
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
        kwargs["initial"] = self.kept = {name: getattr(notice, name) for name in APPEARANCE}
        super().__init__(*args, **kwargs)
        for name in COLOURS:
            self.fields[name].widget.attrs.update({"data-sy-colour": "", "autocomplete": "off", "spellcheck": "false"})

    def opened(self) -> str:
        """As TextsForm's: what the page begins with, sealed."""
        began = opened_with(self.data) if self.is_bound else None
        told = [name for name in self.kept if self.has_error(name, SAVED_MEANWHILE)]
        return sealed({**(began or self.kept), **{name: self.kept[name] for name in told}})


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

SCOPE_CHOICES = (
    (
        "one",
        explained(
            "One rule for everybody (recommended)",
            "Nothing optional runs before a yes, wherever the visitor is. Nobody has to be located.",
        ),
    ),
    (
        "places",
        explained(
            "Different rules by place",
            "The rule of the visitor's place holds. Each visitor's browser asks this server once where it is.",
        ),
    ),
)
LIKE_EVERYBODY_ELSE = explained("As everybody else", "The strictest rule: nothing optional runs before a yes.")
POLICY_FIELDS = (
    "dnt",
    "grant_days",
    "refusal_days",
    "grace_days",
    "announce_days",
    "count_impressions",
    "onetrust_shim",
    "auto_block",
)


def place_choices(place: str) -> list[tuple[str, SafeString]]:
    """What a website may choose for one place."""
    rows = [resolved(row) for row in CHOOSABLE if row.place == place]
    return [("", LIKE_EVERYBODY_ELSE), *((row["code"], explained(rule_name(row), consequence(row))) for row in rows)]


class PolicyForm(CalmForm):
    scope = forms.ChoiceField(
        label="Which rule holds for whom",
        choices=SCOPE_CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the two."},
    )
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
        help_text=(
            "Days, from 180 to 395: nobody should be asked again too soon. A place's law may be stricter: California "
            "wants twelve months."
        ),
        widget=forms.NumberInput(attrs={"class": "sy-short"}),
    )
    announce_days = forms.IntegerField(
        label="Say what changed for",
        required=False,
        min_value=0,
        max_value=90,
        help_text="Days after publishing. Visitors who have chosen are told what changed. Empty or 0: they are not.",
        widget=forms.NumberInput(attrs={"class": "sy-short"}),
    )
    grace_days = forms.IntegerField(
        label="Let a change wait for",
        required=False,
        min_value=0,
        max_value=90,
        help_text=(
            "Days after publishing. Until then visitors who have chosen are not asked about what is new, and it stays "
            "off for them. Empty or 0: they are asked at once."
        ),
        widget=forms.NumberInput(attrs={"class": "sy-short"}),
    )
    count_impressions = forms.BooleanField(
        label="Count visits and signals",
        required=False,
        help_text=(
            "Adds one to the number of the day when somebody comes to the website, so that you see how many decide. "
            "Numbers are kept by version, rule, language, country, kind of device and signal: no address, no "
            "identifier, no page, nothing about anyone."
        ),
    )
    auto_block = forms.BooleanField(
        label="Hold partners back automatically",
        required=False,
        help_text=(
            "What pages request from a partner's hosts waits for a yes, without marks on your tags; in return the page "
            "waits for Sayso's file, which must be the first line of the head, and frames that stand in the page's own "
            "HTML still need a mark."
        ),
    )
    onetrust_shim = forms.BooleanField(
        label="Understand what was written for OneTrust",
        required=False,
        help_text=(
            "For a website that leaves OneTrust: its marked tags wait as before, and tag managers hear what visitors "
            "decide here. Take OneTrust's own script out first, and switch this off once everything is rewritten."
        ),
    )

    def __init__(self, *args: Any, policy: SitePolicy, languages: Sequence[str], **kwargs: Any) -> None:
        kwargs["initial"] = {
            "scope": "places" if policy.regimes else "one",
            **{name: getattr(policy, name) for name in POLICY_FIELDS},
        }
        super().__init__(*args, **kwargs)
        self.add_places([REGIMES[code].code for code in policy.regimes if code in REGIMES])
        self.kept = policy.dnt_explanation
        self.add_translated(
            "dnt_explanation",
            "Your explanation",
            languages,
            self.kept,
            required=False,
            help_text="Stands in the cookie list beside what you chose. Leave it empty for the built-in sentence.",
        )

    def add_places(self, chosen: Sequence[str]) -> None:
        """A choice for each place of the table."""
        for place in dict.fromkeys(row.place for row in CHOOSABLE):
            self.fields[f"place_{place}"] = forms.ChoiceField(
                label=PLACES[place],
                required=False,
                choices=place_choices(place),
                initial=next((code for code in chosen if REGIMES[code].place == place), ""),
                help_text=PLACE_NOTES.get(place, ""),
                widget=forms.RadioSelect,
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("scope") == "places" and not self.wrong_places and not self.regimes():
            self.add_error("scope", "Choose a rule for at least one place, or one rule for everybody.")
        return cleaned

    @property
    def places(self) -> list[forms.BoundField]:
        return self.fields_named("place_")

    @property
    def wrong_places(self) -> list[forms.BoundField]:
        return [place for place in self.places if place.errors]

    def regimes(self) -> list[str]:
        """The chosen codes in the order of the table; none where one rule holds for everybody."""
        if self.cleaned_data["scope"] == "one":
            return []
        return [code for name in self.fields if name.startswith("place_") and (code := self.cleaned_data.get(name))]

    def rules(self) -> dict[str, Any]:
        plain = ("dnt", "grant_days", "refusal_days", "count_impressions", "onetrust_shim", "auto_block")
        rules = {name: self.cleaned_data[name] for name in plain}
        days = {name: self.cleaned_data[name] or 0 for name in ("grace_days", "announce_days")}
        explanation = self.translated("dnt_explanation", {})
        return {**rules, **days, "regimes": self.regimes(), "dnt_explanation": explanation}


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
    """Why, and for a website that has been published before also when. Nothing of the latter on its first time."""

    reason = forms.CharField(
        label="Why you publish",
        required=False,
        max_length=300,
        help_text="For your colleagues and auditors. Visitors don't see it.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    # Names the draft that the page showed; the template writes it.
    draft = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    effective_at = forms.DateTimeField(
        label="Takes effect",
        required=False,
        help_text="Date and time in UTC. Empty: now.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "sy-moment"}, format="%Y-%m-%dT%H:%M"),
    )
    asked_from = forms.DateField(
        label="Those who have chosen are asked from",
        required=False,
        help_text="Until that day, what is new stays off for them. Empty: they are asked at once.",
        widget=forms.DateInput(attrs={"type": "date", "class": "sy-moment"}, format="%Y-%m-%d"),
    )
    announced_until = forms.DateField(
        label="Say what changed until",
        required=False,
        help_text="To those who have chosen, once a visit. Empty: nothing is said.",
        widget=forms.DateInput(attrs={"type": "date", "class": "sy-moment"}, format="%Y-%m-%d"),
    )

    def __init__(
        self, *args: Any, now: datetime, languages: Sequence[str], is_first: bool, has_news: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.has_news = has_news
        if is_first:
            for name in ("effective_at", "asked_from", "announced_until"):
                del self.fields[name]
        else:
            self.add_translated("announcement", "Your own words on it", languages, {}, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, message in schedule_errors(now=self.now, **self._typed_dates()).items():
            self.add_error(name, message)
        if empty := announcement_error(
            announced_until=cleaned.get("announced_until"), has_news=self.has_news, announcement=self.announcement()
        ):
            self.add_error("announced_until", empty)
        return cleaned

    def announcement(self) -> dict[str, str]:
        return self.translated("announcement", {})

    def dates(self) -> Dates:
        return planned(now=self.now, **self._typed_dates())

    def shown_asked_from(self) -> date | None:
        """The day that the page speaks of: what was typed, else what was proposed."""
        if "asked_from" not in self.fields:
            return None
        typed: date | None = self.cleaned_data.get("asked_from") if self.is_bound else self.initial.get("asked_from")
        return typed

    def _typed_dates(self) -> dict[str, Any]:
        return {name: self.cleaned_data.get(name) for name in ("effective_at", "asked_from", "announced_until")}

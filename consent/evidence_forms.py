"""The forms of the auditor's desk. They parse and explain; services decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from consent.expiry import Keeping
from consent.models import ConsentEvent, Export
from consent.regime_words import PLACES
from consent.regimes import REGIMES
from consent.reports.events import EventSearch, search_faults
from consent.services.holds import HoldTerms
from cookies.forms import CalmForm
from cookies.models import Site

DAY = forms.DateInput(attrs={"type": "date", "class": "sy-moment"}, format="%Y-%m-%d")
NO_DAY = {"invalid": "Write a day such as 2026-11-29."}
ANY = ("", "Any")


class SearchForm(CalmForm):
    """Which events. Empty fields do not matter."""

    first = forms.DateField(label="From", required=False, widget=DAY, error_messages=NO_DAY)
    last = forms.DateField(label="To", required=False, widget=DAY, error_messages=NO_DAY)
    action = forms.ChoiceField(label="Action", required=False, choices=[ANY, *ConsentEvent.Action.choices])
    version = forms.TypedChoiceField(label="Version", required=False, coerce=int, empty_value=None)
    regime = forms.ChoiceField(label="Law shown", required=False)

    def __init__(self, *args: Any, site: Site | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ordinals = site.versions.values_list("ordinal", flat=True) if site else []
        self._choices("version", [ANY, *((str(number), f"Version {number}") for number in ordinals)])
        self._choices("regime", [ANY, *((code, row.label) for code, row in REGIMES.items())])

    def _choices(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, fault in search_faults(self.search).items():
            self.add_error(name, fault)
        return cleaned

    @property
    def search(self) -> EventSearch:
        names = ("first", "last", "action", "version", "regime")
        return EventSearch(**{name: self.cleaned_data.get(name) or getattr(EventSearch, name) for name in names})


class ExportForm(SearchForm):
    format = forms.ChoiceField(
        label="Format",
        choices=Export.Format.choices,
        widget=forms.RadioSelect,
        initial=Export.Format.CSV,
        error_messages={"required": "Choose a format."},
    )


class RetentionForm(CalmForm):
    """Days for everybody, and for places that want others."""

    days = forms.IntegerField(
        label="Keep evidence for",
        help_text="Days. As long as you rely on an answer, and as long as somebody may ask you to prove it.",
        widget=forms.NumberInput(attrs={"class": "sy-short"}),
        error_messages={"required": "Write a number of days.", "invalid": "Write a whole number of days."},
    )

    def __init__(self, *args: Any, keeping: Keeping, **kwargs: Any) -> None:
        by_place = {place_field(code): days for code, days in keeping.by_place.items()}
        kwargs["initial"] = {"days": keeping.days, **by_place}
        super().__init__(*args, **kwargs)
        for code in dict.fromkeys(row.place for row in REGIMES.values()):
            self.fields[place_field(code)] = forms.IntegerField(
                label=PLACES[code],
                required=False,
                widget=forms.NumberInput(attrs={"class": "sy-short"}),
                error_messages={"invalid": "Write a whole number of days, or nothing."},
            )

    @property
    def places(self) -> list[forms.BoundField]:
        return self.fields_named("place_")

    @property
    def by_place(self) -> dict[str, int]:
        named = {name: value for name, value in self.cleaned_data.items() if name.startswith("place_")}
        return {name.removeprefix("place_"): value for name, value in named.items() if value is not None}


def place_field(code: str) -> str:
    return f"place_{code}"


class HoldForm(CalmForm):
    reason = forms.CharField(
        label="Why these records have to stay",
        max_length=300,
        help_text="Such as the number of a case. It stays in the list, also when the hold is lifted.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Write why these records have to stay, such as the number of the case."},
    )
    first_day = forms.DateField(
        label="Received from",
        required=False,
        widget=DAY,
        error_messages=NO_DAY,
        help_text="Without days, the hold covers every record of this website, those to come as well.",
    )
    last_day = forms.DateField(label="Received up to", required=False, widget=DAY, error_messages=NO_DAY)
    consent_ref = forms.CharField(
        label="Only of the visitor with the reference",
        required=False,
        help_text="64 letters and digits, from the page of a record. Never a consent id.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    @property
    def terms(self) -> HoldTerms:
        cleaned = self.cleaned_data
        return HoldTerms(
            reason=cleaned["reason"],
            first_day=cleaned["first_day"],
            last_day=cleaned["last_day"],
            consent_ref=cleaned["consent_ref"].strip().lower(),
        )

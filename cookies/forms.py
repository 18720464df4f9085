"""The forms about websites, partners, cookies and members. They parse and explain; services decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from babel import Locale
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst, slugify

from cookies import vocabulary
from cookies.admin.languages import language_name
from cookies.models import Cookie, Partner, Site
from cookies.partner_library import LibraryPartner, Parameter, parameter_errors
from cookies.services.catalogue import first_start, justification_error, start_error
from cookies.services.sites import clean_domains

CATEGORY_CONSEQUENCES: Mapping[str, str] = {
    "strictly_necessary": "Runs at once, without asking. Only for what the website can't work without. Say why.",
    "performance": "Waits until the visitor allows measuring visits.",
    "functional": "Waits until the visitor allows extras, such as chat and videos.",
    "targeting": "Waits until the visitor allows advertising and recognition elsewhere.",
}
LOAD_MODE_CONSEQUENCES: Mapping[str, str] = {
    "managed": "Sayso loads the tag once the visitor has said yes. Take it out of the website's own pages.",
    "gated": "The tag stays in the website's own pages, marked so that it waits for a yes. Install shows the markup.",
    "signalled": "The tag loads by itself and is told what the visitor decided. Only for tags that obey.",
}
PARTY_WORDS = (("first", "This website itself"), ("third", "Another website, from its own address"))


def explained(label: str, explanation: str) -> SafeString:
    """The label of a choice, with its consequence under it."""
    return format_html(
        '<span class="sy-choice-label">{}</span> <span class="sy-choice-help">{}</span>', label, explanation
    )


def category_choices() -> list[tuple[str, SafeString]]:
    return [(code, explained(label, CATEGORY_CONSEQUENCES[code])) for code, label in vocabulary.CATEGORY_LABELS.items()]


def load_mode_choices(template: LibraryPartner) -> list[tuple[str, SafeString]]:
    """The ways in which a partner can be loaded; what it does before a yes is said where one can choose that."""
    consequences = {
        **LOAD_MODE_CONSEQUENCES,
        "signalled": f"{LOAD_MODE_CONSEQUENCES['signalled']} {template.signalled_note}".strip(),
    }
    return [
        (mode, explained(vocabulary.LOAD_MODE_LABELS[mode].partition(":")[0], consequences[mode]))
        for mode in template.load_modes
    ]


class CalmForm(forms.Form):
    """A form that takes over what a service refuses, at the field that is meant."""

    # The server says what is missing, in its own words and for all fields at once.
    use_required_attribute = False

    def refuse(self, error: ValidationError, **aliases: str) -> None:
        """Show a service's errors. `aliases` name the field that stands for a key of the error."""
        by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
        for key, errors in by_field.items():
            name = aliases.get(key, key)
            self.add_error(name if name in self.fields else None, errors)

    def fields_named(self, prefix: str) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(prefix)]

    @property
    def wrong_fields(self) -> list[forms.BoundField]:
        return [bound for bound in self if bound.errors]

    def add_translated(
        self, name: str, label: str, languages: Sequence[str], values: Mapping[str, str], **options: Any
    ) -> None:
        """One field per language; the website's own language comes first and is the one that must be there."""
        for index, code in enumerate(languages):
            text = f"{label}, in {language_name(code)}" if len(languages) > 1 else label
            self.fields[f"{name}_{code}"] = forms.CharField(
                label=text,
                required=options.get("required", True) and index == 0,
                max_length=300,
                initial=values.get(code, ""),
                help_text=options.get("help_text", "") if index == 0 else "",
                widget=forms.TextInput(attrs={"lang": code}),
            )

    def translated(self, name: str, kept: Mapping[str, str]) -> dict[str, str]:
        """The texts by language. Those in languages that were not shown are kept."""
        shown = {
            key.removeprefix(f"{name}_"): value.strip()
            for key, value in self.cleaned_data.items()
            if key.startswith(f"{name}_")
        }
        return {code: text for code, text in {**kept, **shown}.items() if text}


class LinesField(forms.CharField):
    """Several entries, one a line."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, (list, tuple)) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return [line.strip() for line in text.splitlines() if line.strip()]


class DomainsField(LinesField):
    """Where a website may embed Sayso, one origin a line."""

    def clean(self, value: Any) -> Any:
        return clean_domains(super().clean(value))


class LifetimeWidget(forms.MultiWidget):
    UNITS = [
        ("session", "until the browser closes"),
        ("persistent", "until it is deleted"),
        *((unit, f"{unit}s") for unit in vocabulary.LIFETIME_UNITS),
    ]
    use_fieldset = True

    def __init__(self) -> None:
        number = forms.NumberInput(attrs={"aria-label": "How many", "min": 1, "class": "sy-short"})
        unit = forms.Select(
            attrs={"aria-label": "Seconds, minutes, hours, days, weeks, months, years"}, choices=self.UNITS
        )
        super().__init__({"number": number, "unit": unit})

    def decompress(self, value: Any) -> list[Any]:
        if not value:
            return [1, "year"]
        number, _, unit = str(value).rpartition(" ")
        return [number, unit]


class LifetimeField(forms.MultiValueField):
    """A number and a unit, or one of the two that need no number."""

    widget = LifetimeWidget

    def __init__(self, **kwargs: Any) -> None:
        number = forms.IntegerField(min_value=1, max_value=9999, required=False)
        unit = forms.ChoiceField(choices=LifetimeWidget.UNITS)
        super().__init__((number, unit), require_all_fields=False, **kwargs)

    def compress(self, values: Sequence[Any]) -> str:
        number, unit = values or (None, "")
        if unit in ("session", "persistent"):
            return str(unit)
        if not number:
            raise ValidationError("Write how many, such as 13 months. Or choose until the browser closes.")
        return f"{number} {unit}"


# --- Partners --------------------------------------------------------------------------------------


class CategoryForm(CalmForm):
    """What every form about a partner asks."""

    category = forms.ChoiceField(
        label="Category",
        choices=category_choices,
        widget=forms.RadioSelect,
        help_text="It decides when the partner may run.",
    )
    necessity_justification = forms.CharField(
        label="Why the website can't work without it",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed for a strictly necessary partner. Visitors and regulators read it.",
    )
    starts_on = forms.DateField(
        label="Works from",
        required=False,
        help_text="Until that day it is off for everybody. Empty: it works as soon as you publish.",
        widget=forms.DateInput(attrs={"type": "date", "class": "sy-moment"}, format="%Y-%m-%d"),
    )

    today: date
    # The day that was set before, which may have come by now.
    started: date | None = None
    template: LibraryPartner | None = None

    def clean(self) -> dict[str, Any]:
        """The rules that the services hold too, asked here so that every mistake is shown at once."""
        cleaned = super().clean() or self.cleaned_data
        if self.template:
            for name, message in parameter_errors(self.template, self.parameters()).items():
                if f"parameter_{name}" not in self.errors:
                    self.add_error(f"parameter_{name}", capfirst(message))
        missing = justification_error(cleaned.get("category", ""), cleaned.get("necessity_justification", ""))
        if missing:
            self.add_error("necessity_justification", missing)
        if over := start_error(cleaned.get("starts_on"), before=self.started, today=self.today):
            self.add_error("starts_on", over)
        return cleaned

    def leave_justification_to_reviewers(self) -> None:
        """For those who may not justify: the text stays as it is, whatever is sent."""
        field = self.fields["necessity_justification"]
        field.disabled = True
        field.help_text = "A reviewer of this website writes it. Until then the partner waits for a yes."

    def parameters(self) -> dict[str, str]:
        return {
            name.removeprefix("parameter_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("parameter_") and value
        }

    def add_template(self, template: LibraryPartner, values: Mapping[str, str], load_mode: str) -> None:
        self.template = template
        for parameter in template.parameters:
            self.fields[f"parameter_{parameter.name}"] = parameter_field(parameter, values.get(parameter.name, ""))
        self.fields["load_mode"] = forms.ChoiceField(
            label="How it is loaded",
            choices=load_mode_choices(template),
            initial=load_mode,
            widget=forms.RadioSelect,
        )


def parameter_field(parameter: Parameter, value: str) -> forms.CharField:
    return forms.CharField(
        label=capfirst(parameter.label),
        required=parameter.required,
        initial=value,
        help_text=f"{parameter.help} It looks like {parameter.example}.",
        error_messages={"required": f"{capfirst(parameter.label)} is missing. An example: {parameter.example}"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class MoveForm(CalmForm):
    """Several partners to one category. A reason is asked where a partner that has none is to run without asking."""

    partners = forms.TypedMultipleChoiceField(
        label="Which partners",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one partner."},
    )
    category = forms.ChoiceField(
        label="Their new category",
        choices=category_choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the category that decides about them."},
    )

    def __init__(self, *args: Any, partners: Sequence[Partner], may_justify: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {partner.pk: partner for partner in partners}
        self.may_justify = may_justify
        chosen = self.fields["partners"]
        assert isinstance(chosen, forms.TypedMultipleChoiceField)
        chosen.choices = [
            (partner.pk, explained(partner.name, vocabulary.CATEGORY_LABELS[partner.category])) for partner in partners
        ]
        if may_justify and self["category"].data == "strictly_necessary":
            for partner in self._without_reason(self["partners"].data or ()):
                self.fields[f"necessity_justification_{partner.pk}"] = forms.CharField(
                    label=f"Why the website can't work without {partner.name}",
                    max_length=1000,
                    widget=forms.Textarea(attrs={"rows": 2}),
                    help_text="Visitors and regulators read it.",
                    error_messages={"required": str(justification_error("strictly_necessary", ""))},
                )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("category") != "strictly_necessary" or self.may_justify:
            return cleaned
        if waiting := self._without_reason(cleaned.get("partners", ())):
            names = ", ".join(partner.name for partner in waiting)
            self.add_error("category", f"A reviewer of this website first writes why it can't work without {names}.")
        return cleaned

    def chosen(self) -> list[Partner]:
        return [self.rows[key] for key in self.cleaned_data["partners"]]

    def justifications(self) -> dict[int, str]:
        return {
            key: reason for key in self.rows if (reason := self.cleaned_data.get(f"necessity_justification_{key}", ""))
        }

    def _without_reason(self, keys: Iterable[Any]) -> list[Partner]:
        named = {str(key) for key in keys}
        return [row for key, row in self.rows.items() if str(key) in named and not row.necessity_justification.strip()]


class LibraryPartnerForm(CategoryForm):
    """What has to be known to add a partner from the library; the library knows the rest."""

    def __init__(self, *args: Any, template: LibraryPartner, site: Site, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.add_template(template, {}, template.load_modes[0])
        self.fields["category"].initial = template.category
        self.fields["necessity_justification"].initial = template.justification
        self.fields["starts_on"].initial = first_start(notice_days=site.partner_notice_days, today=today)
        parameters = [name for name in self.fields if name.startswith("parameter_")]
        self.order_fields([*parameters, "category", "necessity_justification", "load_mode", "starts_on"])


class PartnerForm(CategoryForm):
    """All that visitors are told about a partner."""

    name = forms.CharField(max_length=120, label="Name", help_text="As people know it.")
    slug = forms.CharField(
        max_length=40,
        label="Short name",
        required=False,
        help_text="For the website's markup: data-partner. Leave it empty to make it from the name. It stays for good.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    legal_entity = forms.CharField(
        max_length=200, label="Company", required=False, help_text="The legal name of who receives the data."
    )
    country = forms.ChoiceField(label="Country of the company", required=False)
    purposes = forms.MultipleChoiceField(
        label="What it is used for",
        choices=list(vocabulary.PURPOSE_LABELS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="Visitors who said yes are asked again when a purpose is added.",
        error_messages={"required": "Choose at least one."},
    )
    technologies = forms.MultipleChoiceField(
        label="What it uses",
        choices=list(vocabulary.TECHNOLOGY_LABELS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    privacy_notice_url = forms.URLField(label="Privacy notice", required=False, max_length=500, assume_scheme="https")
    opt_out_url = forms.URLField(
        label="Opt-out page",
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text="Where people can refuse it at the source.",
    )
    hosts = LinesField(
        label="Hosts",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="Where its tags come from, one a line, such as js.example.com or *.example.com.",
    )
    sale_or_share = forms.BooleanField(
        label="It may use the data for its own ends",
        required=False,
        help_text="US state laws call this sale or sharing.",
    )

    def __init__(
        self,
        *args: Any,
        languages: Sequence[str],
        site: Site,
        today: date,
        partner: Partner | None = None,
        template: LibraryPartner | None = None,
        **kwargs: Any,
    ) -> None:
        start = first_start(notice_days=site.partner_notice_days, today=today)
        by_hand = {"category": "targeting", "technologies": ["cookie"], "starts_on": start}
        kwargs["initial"] = partner_values(partner) if partner else by_hand
        super().__init__(*args, **kwargs)
        self.today, self.started = today, partner.starts_on if partner else None
        self.partner = partner
        self.fields["country"] = forms.ChoiceField(
            label="Country of the company", required=False, choices=country_choices()
        )
        self.add_translated(
            "purpose",
            "In one plain line, what it does",
            languages,
            partner.purpose if partner else {},
            help_text="Visitors read this beside the switch. A teenager should understand it.",
        )
        if partner:
            del self.fields["slug"]
        if partner and template:
            self.add_template(template, partner.parameters, partner.load_mode)

    def facts(self) -> dict[str, Any]:
        """What the services take: the partner's own fields."""
        cleaned = self.cleaned_data
        facts = {name: cleaned[name] for name in PARTNER_FIELDS if name in cleaned}
        facts["purpose"] = self.translated("purpose", self.partner.purpose if self.partner else {})
        if self.partner and "load_mode" in self.fields:
            facts["parameters"] = self.parameters()
            facts["load_mode"] = cleaned["load_mode"]
        if not self.partner:
            facts["slug"] = cleaned["slug"] or slugify(cleaned["name"])[:40].strip("-")
        return facts


PARTNER_FIELDS = (
    "name",
    "legal_entity",
    "country",
    "category",
    "necessity_justification",
    "purposes",
    "technologies",
    "privacy_notice_url",
    "opt_out_url",
    "hosts",
    "sale_or_share",
    "starts_on",
)


def partner_values(partner: Partner) -> dict[str, Any]:
    return {name: getattr(partner, name) for name in PARTNER_FIELDS}


def country_choices() -> list[tuple[str, str]]:
    territories = Locale("en").territories
    countries = [
        (code, name) for code, name in territories.items() if len(code) == 2 and code.isalpha() and code != "ZZ"
    ]
    return [("", "Not known"), *sorted(countries, key=lambda country: country[1])]


# --- Cookies ---------------------------------------------------------------------------------------


class CookieForm(CalmForm):
    name = forms.CharField(
        max_length=120,
        label="Name",
        help_text="As the browser shows it. A star stands for any letters: _ga_* means every cookie that starts so.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    partner = forms.ChoiceField(
        label="Whose it is", required=False, help_text="A partner's cookie follows the partner's category."
    )
    own_category = forms.ChoiceField(
        label="Category", required=False, choices=category_choices, widget=forms.RadioSelect
    )
    technology = forms.ChoiceField(label="Kind", choices=list(vocabulary.TECHNOLOGY_LABELS.items()), initial="cookie")
    party = forms.ChoiceField(label="Set by", choices=PARTY_WORDS, initial="first", widget=forms.RadioSelect)
    domain = forms.CharField(
        max_length=200, label="Host that sets it", required=False, help_text="Such as www.example.com."
    )
    lifetime = LifetimeField(label="Kept for")

    def __init__(
        self,
        *args: Any,
        languages: Sequence[str],
        partners: Iterable[Partner],
        cookie: Cookie | None = None,
        **kwargs: Any,
    ) -> None:
        if cookie:
            kwargs["initial"] = {
                **{name: getattr(cookie, name) for name in COOKIE_FIELDS},
                "partner": str(cookie.partner_id or ""),
            }
        super().__init__(*args, **kwargs)
        self.partners = {str(partner.pk): partner for partner in partners}
        labels = [(key, partner.name) for key, partner in self.partners.items()]
        self.fields["partner"] = forms.ChoiceField(
            label="Whose it is",
            required=False,
            choices=[("", "The website's own"), *labels],
            help_text="A partner's cookie follows the partner's category.",
        )
        self.order_fields(["name", "partner"])
        self.kept = cookie.purpose if cookie else {}
        self.add_translated(
            "purpose",
            "In one plain line, what it is for",
            languages,
            self.kept,
            help_text="Visitors read this in the list of cookies.",
        )

    def fill(self, cookie: Cookie) -> Cookie:
        """Put what was typed on a cookie, unsaved."""
        for name in COOKIE_FIELDS:
            setattr(cookie, name, self.cleaned_data[name])
        cookie.partner = self.partners.get(self.cleaned_data["partner"])
        cookie.purpose = self.translated("purpose", self.kept)
        return cookie


COOKIE_FIELDS = ("name", "own_category", "technology", "party", "domain", "lifetime")


# --- Websites and their teams ----------------------------------------------------------------------


class DomainsForm(CalmForm):
    domains = DomainsField(
        label="Addresses of the website",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text="One a line, such as https://www.example.com or https://*.example.com. Others are refused.",
        error_messages={"required": "Write at least one address, or no website can send its visitors' answers."},
    )


class SiteDetailsForm(CalmForm):
    name = forms.CharField(max_length=120, label="Name", help_text="As visitors know the website.")
    default_language = forms.ChoiceField(
        label="Language of the website", initial="en", help_text="Other languages are chosen under Banner & texts."
    )
    controller_name = forms.CharField(
        max_length=200,
        label="Company",
        required=False,
        help_text="Who is responsible for the website, by its legal name.",
    )
    controller_contact = forms.CharField(
        max_length=200,
        label="Contact",
        required=False,
        help_text="An e-mail address or a page for questions about data.",
    )
    privacy_policy_url = forms.URLField(label="Privacy policy", required=False, max_length=500, assume_scheme="https")
    cookie_domain = forms.CharField(
        label="One answer for all subdomains of",
        required=False,
        max_length=120,
        help_text=(
            "A domain, such as example.com. Then an answer on www.example.com counts on shop.example.com too. "
            "Empty: each address asks for itself."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    keep_path = forms.CharField(
        label="Keep answers in Safari by",
        required=False,
        max_length=200,
        help_text=(
            "Safari forgets after seven days what a script has stored, and visitors are asked again. A path of the "
            "website, such as /sayso/keep, mends that: the web server sets the cookie there. Install shows the lines "
            "for it once this is saved; publish when they are in place. Empty: Safari asks again."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    partner_notice_days = forms.IntegerField(
        label="Announce new partners ahead",
        required=False,
        min_value=0,
        max_value=90,
        help_text=(
            "Days, if your own policy promises it. A partner that you add then works only from that many days later. "
            "Empty or 0: no promise."
        ),
        widget=forms.NumberInput(attrs={"class": "sy-short"}),
    )

    def __init__(
        self, *args: Any, languages: Sequence[tuple[str, str]], site: Site | None = None, **kwargs: Any
    ) -> None:
        if site:
            kwargs["initial"] = {name: getattr(site, name) for name in self.base_fields if hasattr(site, name)}
        super().__init__(*args, **kwargs)
        known = list(languages)
        if site and site.default_language not in dict(known):
            known.append((site.default_language, language_name(site.default_language)))
        choice = self.fields["default_language"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = known

    def clean_cookie_domain(self) -> str:
        return str(self.cleaned_data["cookie_domain"]).strip().strip(".").lower()

    def clean_partner_notice_days(self) -> int:
        return self.cleaned_data["partner_notice_days"] or 0


class NewSiteForm(SiteDetailsForm):
    # A promise is kept from the second version on; a new website has other worries.
    partner_notice_days = None  # type: ignore[assignment]  # Django's way to leave a field out
    cookie_domain = None  # type: ignore[assignment]
    keep_path = None  # type: ignore[assignment]
    key = forms.CharField(
        max_length=40,
        label="Public key",
        required=False,
        help_text="Part of the embed line. Leave it empty to make it from the name. It stays for good.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    domains = DomainsForm.base_fields["domains"]
    field_order = ("name", "key", "domains", "default_language")

    def facts(self) -> dict[str, Any]:
        facts = dict(self.cleaned_data)
        facts["key"] = facts["key"] or slugify(facts["name"])[:40].strip("-")
        return facts

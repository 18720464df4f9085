"""The form of a website's words in one language: beside the original, with what needs somebody marked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.core import signing
from django.http import QueryDict

from consent.admin.text_groups import grouped
from consent.builtin_texts import builtin_texts
from consent.services.drafting import SAVED_MEANWHILE, original_texts, placeholders_of, texts_behind
from consent.services.publishing import draft_of
from cookies.forms import CalmForm
from cookies.models import Site

LONG_TEXT = 80
SALT = "consent.opened"


class TextsForm(CalmForm):
    """The texts of one language, or some of them. The built-in words stand in the empty fields."""

    def __init__(
        self,
        *args: Any,
        language: str,
        builtin: Mapping[str, str],
        own: Mapping[str, str],
        original: Mapping[str, str] | None = None,
        behind: Mapping[str, str] | None = None,
        keys: Collection[str] | None = None,
        **kwargs: Any,
    ) -> None:
        """`original`: the words in the website's own language, where this is another; `behind`: missing or outdated, by
        key; `keys`: the texts to show, all unless given."""
        super().__init__(*args, **kwargs)
        self.groups = list(grouped(builtin if keys is None else [key for key in builtin if key in keys]))
        for group in self.groups:
            for key, label in group.labels.items():
                self.fields[key] = _text_field(label, builtin[key], own.get(key, ""), language)
        self.own = {key: text for key, text in own.items() if key in builtin}
        self.original, self.behind = original or {}, behind or {}

    def sections(self) -> list[dict[str, Any]]:
        """The groups with their fields, and how many of them hold the website's own words, or need somebody."""
        return [
            {
                "group": group,
                "rows": [self._row(key) for key in group.labels],
                "own": sum(key in self.own for key in group.labels),
                "behind": sum(key in self.behind for key in group.labels),
                "is_open": group.important or any(self[key].errors or key in self.behind for key in group.labels),
            }
            for group in self.groups
        ]

    def _row(self, key: str) -> dict[str, Any]:
        return {"field": self[key], "original": self.original.get(key, ""), "state": self.behind.get(key, "")}

    def opened(self, *, current: Mapping[str, str]) -> str:
        """What the page begins with, sealed: what is sent is compared with it. Where somebody else was faster, the
        editor has been told, and begins anew with what is kept now."""
        began = opened_with(self.data) if self.is_bound else None
        if began is None:
            began = dict(current)
        told = [key for key in self.fields if self.has_error(key, SAVED_MEANWHILE)]
        return sealed({**began, **{key: current.get(key, "") for key in told}})

    def confirmed(self) -> list[str]:
        """The translations that were said to be right still."""
        return [key for key in self.fields if f"right_{key}" in self.data]


def texts_form(
    sent: QueryDict | None, *, site: Site, language: str, only_behind: bool = False, only_sent: bool = False
) -> TextsForm:
    """The form of a language as its draft stands. `only_behind`: what is missing or outdated, and what was sent."""
    notice, _ = draft_of(site)
    behind = texts_behind(notice, language)
    keys = None
    if only_behind or only_sent:
        keys = {*(behind if only_behind else ()), *(sent or ())}
    return TextsForm(
        sent,
        language=language,
        builtin=builtin_texts(language),
        own=notice.texts.get(language, {}),
        original=original_texts(notice) if language != site.default_language else None,
        behind=behind,
        keys=keys,
    )


def sealed(opened: Mapping[str, Any]) -> str:
    return signing.dumps(dict(opened), salt=SALT, compress=True)


def opened_with(sent: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the sent page began with; None where it does not say."""
    try:
        opened: dict[str, Any] = signing.loads(sent.get("opened", ""), salt=SALT)
    except signing.BadSignature:
        return None
    return opened


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

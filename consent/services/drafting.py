"""The draft: texts, appearance, policy and links as they are edited. Visitors see none of it before publishing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from consent.builtin_texts import available_languages, builtin_texts
from consent.contrast import LEAST_FOR_TEXT, contrast_ratio
from consent.models import Notice, OptOutLink, SitePolicy
from consent.payload import canonical_json, digest_of
from consent.regimes import in_force
from consent.services.publishing import check_texts, draft_of, draft_payload
from cookies.models import Site

# The colour of the buttons, and of the text on them.
COLOUR_PAIRS = (("brand_colour", "brand_text_colour"), ("dark_brand_colour", "dark_brand_text_colour"))


@transaction.atomic
def save_texts(*, site: Site, language: str, texts: Mapping[str, str]) -> Notice:
    """Keep the website's own words in one language. An empty text, or one like the built-in one, means the latter.

    Raises ValidationError, keyed by text, where one lost a placeholder that visitors need.
    """
    builtin = builtin_texts(language)
    own = {
        key: text.strip() for key, text in texts.items() if key in builtin and text.strip() not in ("", builtin[key])
    }
    check_texts(own, builtin)
    notice, _ = draft_of(site)
    notice.texts = {**notice.texts, language: {**_others(notice.texts.get(language, {}), texts), **own}}
    notice.save()
    return notice


def _others(kept: Mapping[str, str], sent: Mapping[str, str]) -> dict[str, str]:
    """The texts that a form did not show must survive it."""
    return {key: text for key, text in kept.items() if key not in sent}


@transaction.atomic
def save_languages(*, site: Site, languages: Sequence[str]) -> Notice:
    """Choose the languages to offer. The website's own is always among them; the words of others are kept."""
    if unknown := [code for code in languages if code not in available_languages()]:
        raise ValidationError({"languages": f"There are no built-in texts for {', '.join(unknown)}."})
    notice, _ = draft_of(site)
    notice.languages = list(dict.fromkeys([site.default_language, *languages]))
    notice.save()
    return notice


@transaction.atomic
def save_appearance(*, site: Site, **appearance: Any) -> Notice:
    """Keep how the banner looks. Raises ValidationError, keyed by field, for buttons that can't be read."""
    notice, _ = draft_of(site)
    for name, value in appearance.items():
        setattr(notice, name, value)
    notice.full_clean(exclude={"site", "languages", "texts"})
    if errors := _contrast_errors(notice):
        raise ValidationError(errors)
    notice.save()
    return notice


def _contrast_errors(notice: Notice) -> dict[str, str]:
    errors = {}
    for button, text in COLOUR_PAIRS:
        ratio = contrast_ratio(getattr(notice, button), getattr(notice, text))
        if ratio < LEAST_FOR_TEXT:
            # Rounded down, so that 4.49 is never shown as the 4.5 that it is not.
            errors[text] = (
                f"The contrast with the button is {int(ratio * 10) / 10:.1f} to 1, and everybody can read it only "
                "from 4.5 to 1. Make the button darker and the text lighter, or the other way round."
            )
    return errors


@transaction.atomic
def save_policy(*, site: Site, **rules: Any) -> SitePolicy:
    """Keep the rules by place, how Do Not Track is treated, how long answers are remembered, and what is promised about
    changes. Raises ValidationError, keyed by field."""
    _, policy = draft_of(site)
    for name, value in rules.items():
        setattr(policy, name, value)
    errors = _regime_errors(policy.regimes)
    try:
        policy.full_clean(exclude={"site", "dnt_explanation", "regimes"})
    except ValidationError as error:
        errors |= error.message_dict
    if errors:
        raise ValidationError(errors)
    policy.save()
    return policy


def _regime_errors(codes: Sequence[str]) -> dict[str, Any]:
    try:
        in_force(codes, grant_days=1, refusal_days=1)
    except ValueError as error:
        return {"regimes": str(error)}
    return {}


@transaction.atomic
def save_opt_out_links(*, site: Site, links: Sequence[tuple[Mapping[str, str], str]]) -> list[OptOutLink]:
    """Replace the other ways to opt out: a label per language and an address each, in this order."""
    rows = [
        OptOutLink(site=site, label=dict(label), url=url, position=position)
        for position, (label, url) in enumerate(links)
    ]
    for row in rows:
        row.full_clean(exclude={"site", "label"})
    site.opt_out_links.all().delete()
    return OptOutLink.objects.bulk_create(rows)


def draft_digest(site: Site) -> str:
    """Names the draft as it is now, so that what was looked at is what gets published."""
    return digest_of(canonical_json(draft_payload(site)))


PLACEHOLDERS = re.compile(r"\{[a-z_]+\}")


def placeholders_of(text: str) -> list[str]:
    """The parts of a text that are filled in, in order of appearance."""
    return list(dict.fromkeys(PLACEHOLDERS.findall(text)))

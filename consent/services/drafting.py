"""The draft: texts, appearance, policy and links as they are edited. Visitors see none of it before publishing."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from consent.builtin_texts import available_languages, builtin_texts
from consent.contrast import LEAST_FOR_TEXT, contrast_ratio
from consent.edits import own_edits
from consent.models import Notice, OptOutLink, SitePolicy
from consent.payload import canonical_json, digest_of
from consent.regimes import in_force
from consent.services.publishing import APPEARANCE, check_texts, draft_of, draft_payload
from consent.translations import behind, with_origins
from cookies.models import Site

# The code of an error: somebody else was faster.
SAVED_MEANWHILE = "saved_meanwhile"
# The colour of the buttons, and of the text on them.
COLOUR_PAIRS = (("brand_colour", "brand_text_colour"), ("dark_brand_colour", "dark_brand_text_colour"))


@transaction.atomic
def save_texts(
    *,
    site: Site,
    language: str,
    texts: Mapping[str, str],
    opened: Mapping[str, str] | None = None,
    confirmed: Collection[str] = (),
) -> Notice:
    """Keep the website's own words in one language. An empty text, or one like the built-in one, means the latter.

    `opened`: the own words that the editor's page began with; what somebody else saved since is not overwritten.
    `confirmed`: translations that are right as they are, though their original has changed.
    Raises ValidationError, keyed by text, where one is too long, lost a placeholder that visitors need, or was changed
    by somebody else meanwhile (code `saved_meanwhile`).
    """
    # The second of two editors waits here, then sees what the first one saved.
    Site.objects.select_for_update().get(pk=site.pk)
    notice, _ = draft_of(site)
    builtin = builtin_texts(language)
    kept = notice.texts.get(language, {})
    changed, lost = own_edits(
        opened=None if opened is None else {key: opened.get(key, "") for key in texts},
        sent={key: _own_words(text, builtin.get(key, "")) for key, text in texts.items()},
        current={key: kept.get(key, "") for key in texts},
    )
    if lost:
        raise _saved_meanwhile({key: kept.get(key) or "the built-in words" for key in lost})
    apply_texts(notice=notice, language=language, texts=changed)
    if language != site.default_language:
        own = notice.texts[language]
        origins = with_origins(
            notice.translated_from.get(language, {}),
            original=original_texts(notice),
            own=own,
            written=[*(key for key in changed if own.get(key) != kept.get(key)), *confirmed],
        )
        notice.translated_from = {**notice.translated_from, language: origins}
    notice.save()
    return notice


def apply_texts(*, notice: Notice, language: str, texts: Mapping[str, str]) -> None:
    """Put texts into a notice as saving would keep them, without saving. Raises ValidationError like `save_texts`."""
    builtin = builtin_texts(language)
    own = {key: words for key, text in texts.items() if key in builtin and (words := _own_words(text, builtin[key]))}
    check_texts(own, builtin)
    notice.texts = {**notice.texts, language: {**_others(notice.texts.get(language, {}), texts), **own}}


def original_texts(notice: Notice) -> dict[str, str]:
    """Every text in the website's own language, from which the others are translated."""
    language = notice.site.default_language
    return {**builtin_texts(language), **notice.texts.get(language, {})}


def texts_behind(notice: Notice, language: str) -> dict[str, str]:
    """The texts of a language that are missing or outdated, by key: see translations.behind."""
    own_language = notice.site.default_language
    if language == own_language:
        return {}
    return behind(
        original=original_texts(notice),
        own_original=notice.texts.get(own_language, {}),
        own=notice.texts.get(language, {}),
        made_from=notice.translated_from.get(language, {}),
    )


def _own_words(text: str, builtin: str) -> str:
    """What the website says itself; nothing where it is what is built in."""
    return "" if text.strip() == builtin else text.strip()


def _saved_meanwhile(theirs: Mapping[str, Any]) -> ValidationError:
    return ValidationError(
        {
            key: ValidationError(
                f"Somebody else saved this after you had opened the page: {value}. Nothing of it is overwritten. Yours "
                "stands here; save once more to put it in its place.",
                code=SAVED_MEANWHILE,
            )
            for key, value in theirs.items()
        }
    )


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
def save_appearance(*, site: Site, opened: Mapping[str, Any] | None = None, **appearance: Any) -> Notice:
    """Keep how the banner looks. Raises ValidationError, keyed by field, for buttons that can't be read, and for what
    somebody else changed since the editor's page was opened, as in `save_texts`."""
    Site.objects.select_for_update().get(pk=site.pk)
    notice, _ = draft_of(site)
    current = appearance_of(notice)
    changed, lost = own_edits(opened=opened, sent=appearance, current=current)
    if lost:
        raise _saved_meanwhile({name: current[name] for name in lost})
    apply_appearance(notice=notice, **changed)
    notice.save()
    return notice


def apply_appearance(*, notice: Notice, **appearance: Any) -> None:
    """Give a notice this look without saving it. Raises ValidationError like `save_appearance`."""
    for name, value in appearance.items():
        setattr(notice, name, value)
    notice.full_clean(exclude={"site", "languages", "texts", "translated_from"})
    if errors := _contrast_errors(notice):
        raise ValidationError(errors)


def appearance_of(notice: Notice) -> dict[str, Any]:
    return {name: getattr(notice, name) for name in APPEARANCE}


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

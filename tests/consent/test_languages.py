"""Every language has every text, whole and in its own words; and visitors get the one that they read."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import pytest
from babel import Locale

from consent.builtin_texts import RIGHT_TO_LEFT, available_languages, builtin_texts, direction
from consent.pages.languages import choose_language, offered_form
from consent.services.drafting import placeholders_of, save_languages
from consent.services.publishing import publish
from consent.wording import OPTIONAL_CATEGORIES, version_texts
from tests.consent.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from cookies.models import Site

EUROPEAN_UNION = [
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv", "mt", "nl", "pl",
    "pt", "ro", "sk", "sl", "sv",
]  # fmt: skip
LANGUAGES = sorted([*EUROPEAN_UNION, "ar", "he", "is", "ja", "ko", "nb", "pt-BR", "tr", "uk", "zh"])
OTHERS = [code for code in LANGUAGES if code != "en"]
ENGLISH = builtin_texts("en")
COUNTED = ("partners", "cookies")
# The scripts of those that are not written in Latin letters, as Unicode names them.
SCRIPTS = {
    "bg": "CYRILLIC",
    "uk": "CYRILLIC",
    "el": "GREEK",
    "ar": "ARABIC",
    "he": "HEBREW",
    "ja": "CJK|HIRAGANA|KATAKANA",
    "ko": "HANGUL",
    "zh": "CJK",
}
# Names of things, and words that other languages share with English.
SHARED = {
    "Cookie",
    "Web beacon",
    "Name",
    "Contact",
    "Pixel",
    "Tag",
    "Partner",
    "Version {digest}",
    "{count} cookie",
    "{count} cookies",
    "{count} partner",
    "{count} partners",
}
# What is filled in.
PARTS = re.compile(r"\{[a-z_]+\}")
LONGEST_BUTTON = 26
LARGEST_RATIO = 1.8


def is_counted(key: str) -> bool:
    return key.startswith(tuple(f"{noun}_" for noun in COUNTED))


def forms_of(language: str, *numbers: int) -> set[str]:
    """The keys of what is counted, in every form that whole numbers up to 200, or these, can ask for."""
    locale = Locale.parse(language, sep="-")
    forms = {locale.plural_form(number) for number in (*range(201), *numbers)} | {"other"}
    return {f"{noun}_{form}" for noun in COUNTED for form in forms}


def with_english(language: str) -> Iterator[tuple[str, str, str]]:
    """Key, text and English text; a plural form that English has not stands beside its plural."""
    for key, text in builtin_texts(language).items():
        yield key, text, ENGLISH.get(key) or ENGLISH[f"{key.split('_')[0]}_other"]


def test_languages_are_those_of_the_union_and_ten_more() -> None:
    assert len(EUROPEAN_UNION) == 24
    assert sorted(available_languages()) == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_language_has_every_text_in_the_order_of_english(language: str) -> None:
    assert [key for key in builtin_texts(language) if not is_counted(key)] == [
        key for key in ENGLISH if not is_counted(key)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_language_counts_in_each_of_its_forms(language: str) -> None:
    counted = {key for key in builtin_texts(language) if is_counted(key)}
    # French and its like have a form for millions. It may be there; without it, the others' form is said.
    assert forms_of(language) <= counted <= forms_of(language, 1_000_000)


@pytest.mark.parametrize("language", OTHERS)
def test_text_keeps_its_placeholders(language: str) -> None:
    assert not {
        key: text
        for key, text, english in with_english(language)
        if sorted(PARTS.findall(text)) != sorted(PARTS.findall(english)) or re.search("[{}]", PARTS.sub("", text))
    }


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_left_in_english(language: str) -> None:
    assert not {key: text for key, text, english in with_english(language) if text == english and text not in SHARED}


@pytest.mark.parametrize("language", SCRIPTS)
def test_text_is_written_in_the_script_of_its_language(language: str) -> None:
    script = re.compile(SCRIPTS[language])
    assert not {
        key: text
        for key, text, _ in with_english(language)
        if text not in SHARED and not any(script.match(unicodedata.name(letter, "")) for letter in text)
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_has_no_stray_whitespace_and_nothing_invisible(language: str) -> None:
    assert not {
        key: text
        for key, text in builtin_texts(language).items()
        if not text
        or text != text.strip()
        or re.search(r"\s\s|[^\S \u00a0\u202f]| [.,]", text)
        or any(unicodedata.category(letter) in ("Cc", "Cf") for letter in text)
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_never_shouts(language: str) -> None:
    assert not {key: text for key, text in builtin_texts(language).items() if re.search("[!！]", text)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_buttons_that_refuse_and_accept_are_short_and_of_one_size(language: str) -> None:
    texts = builtin_texts(language)
    short, long = sorted([len(texts["reject_all"]), len(texts["accept_all"])])
    assert long <= LONGEST_BUTTON
    assert long <= LARGEST_RATIO * short
    assert texts["reject_all"] != texts["accept_all"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_first_layer_says_how_many_partners_and_what_for(language: str) -> None:
    for count in (1, 2, 5, 21):
        texts = version_texts(
            language=language,
            builtin=builtin_texts(language),
            overrides={},
            site_name="Numonix",
            partner_count=count,
            used_categories=OPTIONAL_CATEGORIES,
        )
        assert str(count) in texts["banner_text"]
        for text in (texts["banner_text"], texts["notice_text"]):
            assert not placeholders_of(text)
            assert all(texts[f"purpose_{code}"] in text for code in OPTIONAL_CATEGORIES)


def test_language_that_is_written_from_the_right_is_shown_so() -> None:
    assert {code for code in LANGUAGES if direction(code) == "rtl"} == {"ar", "he"}
    assert {"ar", "he"} <= RIGHT_TO_LEFT
    assert direction("ar-EG") == "rtl"


# ---- the language that a visitor reads

READ_AS = [
    ("no", "nb"),
    ("nn", "nb"),
    ("nn-NO", "nb"),
    ("nb-NO", "nb"),
    ("NO", "nb"),
    ("iw", "he"),
    ("zh-CN", "zh"),
    ("zh-Hans", "zh"),
    ("zh-hans-cn", "zh"),
    ("pt-PT", "pt"),
    ("pt-AO", "pt"),
    ("pt-br", "pt-BR"),
    ("de-AT", "de"),
]


@pytest.mark.parametrize(("wanted", "read"), READ_AS)
def test_language_is_served_by_the_one_that_its_readers_read(wanted: str, read: str) -> None:
    assert offered_form(wanted, LANGUAGES) == read
    assert choose_language(asked=wanted, accepted="", offered=LANGUAGES, default="en") == read
    assert choose_language(asked=None, accepted=f"{wanted}, en;q=0.5", offered=LANGUAGES, default="en") == read
    assert builtin_texts(wanted) == builtin_texts(read)


def test_language_itself_goes_before_the_one_that_is_read_in_its_stead() -> None:
    assert offered_form("nn", ["nb", "nn"]) == "nn"
    assert offered_form("nn-NO", ["nb", "nn"]) == "nn"
    assert offered_form("nb", ["nn"]) is None


def test_language_that_nobody_translated_is_none() -> None:
    assert offered_form("tlh", LANGUAGES) is None
    assert offered_form("", LANGUAGES) is None
    assert builtin_texts("tlh") == ENGLISH


@pytest.mark.django_db
def test_snippet_is_found_under_every_code_of_its_readers(client: Client, furnished: Site) -> None:
    save_languages(site=furnished, languages=["de", "he", "nb", "pt", "pt-BR", "zh"])
    publish(site=furnished, by="alice", now=NOW)
    for wanted, read in READ_AS:
        response = client.get(f"/s/numonix.{wanted}.js")
        assert response.status_code == 200
        assert f'"language":"{read}"' in response.content.decode()
    assert client.get("/s/numonix.ja.js").status_code == 404

"""The page that checks receipts, in every language: its words are complete, and its policy fits what it holds."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from consent.builtin_texts import available_languages, direction
from consent.pages.verify import verify_page, verify_words

SOURCE = Path(__file__).resolve().parents[2] / "static" / "verify"
LANGUAGES = available_languages()


def words_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="words">(.*?)</script>', page, re.DOTALL)
    assert found
    words: dict[str, Any] = json.loads(found[1])
    return words


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_complete(language: str) -> None:
    english, words = verify_words("en"), verify_words(language)
    assert list(words) == list(english)
    assert [key for key, text in words.items() if not text.strip() or text != text.strip()] == []
    assert [key for key, text in words.items() if ("{name}" in text) != (key == "why_value")] == []
    if language != "en":
        assert sum(text == english[key] for key, text in words.items()) <= 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_whole_and_runs_under_its_own_policy(language: str) -> None:
    content, policy = verify_page(language)
    page = content.decode()
    assert f'<html lang="{language}" dir="{direction(language)}">' in page
    assert "{{" not in page.split("<style>")[0] + page.split("</style>")[1].split('<script type="module">')[0]
    for element, directive in (("style>", "style-src"), ('script type="module">', "script-src")):
        inside = page.split(f"<{element}")[1].split(f"</{element.split()[0].rstrip('>')}>")[0]
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in policy


def test_page_has_a_word_for_everything_that_its_script_says() -> None:
    words = words_of(verify_page("en")[0].decode())
    script, rules = ((SOURCE / name).read_text(encoding="utf-8") for name in ("page.js", "check.js"))
    said = set(re.findall(r"words\.(\w+)", script))
    steps = re.findall(r'"(\w+)"', re.search(r"STEPS = \[(.*?)\]", rules)[1])  # type: ignore[index]
    reasons = set(re.findall(r'new Wrong\("(\w+)"\)', rules)) | {"unreadable", "unsealed"}
    said |= {f"{kind}_{step}" for kind in ("step", "holds") for step in steps} | {f"why_{why}" for why in reasons}
    said |= {f"{kind}_{verdict}" for kind in ("verdict", "meaning") for verdict in ("good", "wrong", "wait")}
    said |= {"meaning_good_own_key", "holds", "wrong", "wait", "consent_id"}
    assert said - set(words) == set()
    # And nothing is translated in vain.
    assert {key for key in words if key.startswith("why_")} - said == set()


@pytest.mark.parametrize(
    ("address", "accepted", "language"),
    [
        ("/verify/", "", "en"),
        ("/verify/", "de-AT,de;q=0.9", "de"),
        ("/verify/?language=he", "de", "he"),
        ("/verify/?language=xx", "sv", "sv"),
    ],
)
def test_page_speaks_the_language_that_is_asked_for(client: Client, address: str, accepted: str, language: str) -> None:
    response = client.get(address, headers={"accept-language": accepted})
    assert response["Content-Language"] == language
    assert response["Vary"] == "Accept-Language"
    page = response.content.decode()
    assert verify_words(language)["title"] in page
    assert re.findall(r'<a href="\?language=([\w-]+)"[^>]*aria-current="true"', page) == [language]
    assert set(re.findall(r'<a href="\?language=([\w-]+)"', page)) == set(LANGUAGES)

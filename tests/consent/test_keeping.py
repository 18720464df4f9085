"""Setting the consent cookie by header: who may ask, for how long, and which websites' files ask at all."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from consent.consent_cookie import LONGEST_DAYS, StoredChoice
from consent.decisions import DAY, DecidingRegime
from consent.delivery.compose import engine
from consent.keeping import is_own_page, seconds_to_keep
from consent.models import ComposedFile
from consent.services.publishing import publish
from consent.wellknown import lines
from cookies.services.sites import update_site
from tests.consent.conftest import NOW

if TYPE_CHECKING:
    from cookies.models import Site

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 1_795_000_000
EU = DecidingRegime("eu", "opt_in", ("dnt", "gpc"), grant_days=180, refusal_days=190)
CALIFORNIA = DecidingRegime("us-ca", "opt_out", ("gpc",), grant_days=365, refusal_days=365)


def answer(*, age: int = 0, granted: bool = True) -> StoredChoice:
    categories = {"performance": granted, "functional": False, "targeting": False}
    return StoredChoice("a" * 12, SECONDS - age, categories, "3f2b8c1e-9a4d-4c7b-8e21-5d6f7a8b9c0d", "eu")


def kept(asked: str, stored: StoredChoice | None, *regimes: DecidingRegime) -> int | None:
    return seconds_to_keep(asked, stored=stored, regimes=regimes, now=SECONDS)


def test_answer_is_kept_as_long_as_is_asked_for() -> None:
    assert kept("3600", answer(), EU) == 3600


@pytest.mark.parametrize(
    ("stored", "regimes", "longest"),
    [
        (answer(), (EU,), 180 * DAY),
        (answer(granted=False), (EU,), 190 * DAY),
        (answer(age=100 * DAY), (EU,), 80 * DAY),
        # Where things run until they are refused, each visit begins the time anew.
        (answer(age=100 * DAY), (EU, CALIFORNIA), 400 * DAY),
        # A clock that is a little ahead gives no more.
        (answer(age=-3600), (EU,), 180 * DAY),
    ],
)
def test_answer_is_kept_no_longer_than_a_rule_of_the_website_says(
    stored: StoredChoice, regimes: tuple[DecidingRegime, ...], longest: int
) -> None:
    assert kept("999999999", stored, *regimes) == longest


@pytest.mark.parametrize("asked", ["", "0", "-5", "+5", "1.5", "1e6", " 60", "60\n", "٦٠", "1" * 10, "60; Domain=x"])
def test_nothing_is_kept_for_what_is_no_number_of_seconds(asked: str) -> None:
    assert kept(asked, answer(), EU) is None


@pytest.mark.parametrize("stored", [None, answer(age=181 * DAY), answer(age=-2 * DAY)])
def test_nothing_is_kept_of_an_answer_that_counts_no_more_or_not_yet(stored: StoredChoice | None) -> None:
    assert kept("60", stored, EU) is None


@pytest.mark.parametrize(
    ("fetch_site", "origin", "is_own"),
    [
        ("same-origin", "", True),
        ("same-origin", "https://www.example.com", True),
        ("", "https://www.example.com", True),
        ("", "http://www.example.com", True),
        ("same-site", "https://www.example.com", False),
        ("cross-site", "https://www.example.com", False),
        ("none", "", False),
        ("", "https://shop.example.com", False),
        ("", "https://www.example.com:8443", False),
        ("", "https://www.example.com.evil.example", False),
        ("", "null", False),
        ("", "", False),
    ],
)
def test_only_a_page_of_the_same_origin_may_ask(fetch_site: str, origin: str, is_own: bool) -> None:
    assert is_own_page(fetch_site=fetch_site, origin=origin, host="www.example.com") is is_own
    assert is_own_page(fetch_site="", origin=origin, host="") is False


@pytest.mark.django_db
def test_part_and_path_travel_only_where_it_is_chosen(furnished: Site) -> None:
    def first_file() -> tuple[str, dict[str, Any]]:
        publication = publish(site=furnished, by="alice", now=NOW)
        assert publication
        body = bytes(ComposedFile.objects.get(publication=publication, kind="snippet", language="en").body).decode()
        facts, _ = json.JSONDecoder().raw_decode(body.partition("\n})(")[2])
        return body, facts

    body, facts = first_file()
    assert engine("keep").strip() not in body
    assert "keep_path" not in facts
    update_site(site=furnished, keep_path="/sayso/keep")
    body, facts = first_file()
    assert engine("keep").strip() in body
    assert facts["keep_path"] == "/sayso/keep"


def test_lines_in_the_documentation_are_those_of_the_install_page() -> None:
    text = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
    assert lines.keep_map_lines(cookie_domain="", is_secure=True) in text
    assert lines.keep_location_lines("/sayso/keep") in text
    # nginx sets what the rule allows at most, and not a second more.
    assert re.fullmatch(lines.UP_TO_400_DAYS, str(LONGEST_DAYS * DAY))
    assert not re.fullmatch(lines.UP_TO_400_DAYS, str(LONGEST_DAYS * DAY + 1))

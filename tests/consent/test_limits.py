"""What a website can have at most, and that what it can have can be kept as evidence."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError

from consent import consent_cookie
from consent.builtin_texts import available_languages, builtin_texts
from consent.consent_cookie import StoredChoice
from consent.limits import BUTTONS, MOST_BYTES, MOST_EXCEPTIONS, partners_fault, text_fault
from consent.models import ConsentEvent, Publication
from consent.services.publishing import publish
from cookies.models import Partner
from tests.consent.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from cookies.models import Site

# RFC 6265bis: browsers keep no cookie whose name and value are longer together.
MOST_OF_A_COOKIE = 4096
# Each is as much as can be published: many short names, and fewer long ones.
FULL = {
    "many": [f"{number:0>24}" for number in range(MOST_EXCEPTIONS)],
    "long": [f"{number:0>40}" for number in range(70)],
}


def put_partners(site: Site, slugs: list[str]) -> None:
    Partner.objects.bulk_create(
        Partner(site=site, slug=slug, name=slug, category="targeting", purpose={"en": "Ads."}, purposes=["advertising"])
        for slug in slugs
    )


@pytest.mark.parametrize("slugs", FULL.values(), ids=FULL)
def test_longest_answer_about_a_full_website_is_kept(slugs: list[str], site: Site, send: Callable[..., Any]) -> None:
    put_partners(site, slugs)
    publication = publish(site=site, by="alice", now=NOW)
    assert publication
    event = {
        "event_id": str(uuid.uuid4()),
        "consent_id": str(uuid.uuid4()),
        "action": "embed_unlock",
        "surface": "preferences",
        "categories": {"performance": False, "functional": False, "targeting": True},
        "partners": dict.fromkeys(slugs, False),
        "version": publication.version.digest,
        "language": "en",
        "regime": "eu",
        "signals": {"gpc": False, "dnt": False},
        "client_time": "+275760-09-13T00:00:00.000Z",
        "trusted": False,
        "build": "b" * 40,
    }
    body = json.dumps(event, separators=(",", ":"))
    # A language and a rule of the longest names there may be would fit as well.
    assert len(body) + 14 + 14 <= MOST_BYTES
    assert send(json.dumps({**event, "client_time": None}, separators=(",", ":"))).status_code == 201
    assert ConsentEvent.objects.get().partners == dict.fromkeys(slugs, False)
    choice = StoredChoice(
        version=publication.version.digest[:12],
        decided_at=36**8 - 1,
        categories=event["categories"],  # type: ignore[arg-type]
        consent_id=str(event["consent_id"]),
        regime="r" * 32,
        partners=dict.fromkeys(slugs, False),
    )
    written = consent_cookie.format(choice)
    assert len(consent_cookie.NAME + "=" + written) <= MOST_OF_A_COOKIE
    read = consent_cookie.parse(written)
    assert read
    assert read.partners == choice.partners


@pytest.mark.parametrize(
    ("slugs", "words"),
    [
        ([*FULL["many"], "one-more"], "at most 100 partners one by one, and these are 101"),
        ([f"{number:0>40}" for number in range(80)], "80 partners that visitors decide about have 3200 characters"),
    ],
)
def test_website_with_more_than_an_answer_can_name_is_not_published(slugs: list[str], words: str, site: Site) -> None:
    put_partners(site, slugs)
    with pytest.raises(ValidationError, match=words):
        publish(site=site, by="alice", now=NOW)
    assert not Publication.objects.exists()
    # What runs without asking is never an exception.
    site.partners.filter(slug__in=slugs[10:]).update(
        category="strictly_necessary", necessity_justification="Needed.", purposes=["security"]
    )
    assert publish(site=site, by="alice", now=NOW)


def test_builtin_words_fit() -> None:
    faults = {
        (language, key): fault
        for language in available_languages()
        for key, text in builtin_texts(language).items()
        if (fault := text_fault(key, text))
    }
    assert faults == {}
    assert set(builtin_texts("en")) >= BUTTONS


@pytest.mark.parametrize(("key", "most"), [("reject_all", 80), ("banner_title", 120), ("banner_text", 1000)])
def test_text_that_is_too_long_is_told_how_long_it_may_be(key: str, most: int) -> None:
    assert text_fault(key, "W" * most) is None
    assert f"room for {most} characters, and these are {most + 1}." in (text_fault(key, "W" * (most + 1)) or "")


def test_all_partners_of_a_usual_website_fit() -> None:
    assert partners_fault([f"partner-{number:02}-of-a-long-name" for number in range(80)]) is None

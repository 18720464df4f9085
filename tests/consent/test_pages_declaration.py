"""The cookie declaration says everything that the published version says."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from consent.models import Notice, OptOutLink, Publication, SitePolicy
from consent.regimes import REGIMES
from consent.services.publishing import publish
from cookies.models import Cookie, Partner, Site
from cookies.vocabulary import TECHNOLOGIES

KINDS = {
    "cookie": "Cookie",
    "local_storage": "Local storage",
    "session_storage": "Session storage",
    "indexed_db": "Browser database",
    "pixel": "Pixel",
    "web_beacon": "Web beacon",
    "tag": "Tag",
}


@pytest.fixture
def rich(site: Site) -> Site:
    """A website that uses every technology, first-party and third-party, with every fact filled in."""
    Site.objects.filter(pk=site.pk).update(
        controller_name="Numonix & Sons LLC",
        controller_contact="privacy@numonix.example",
        privacy_policy_url="https://www.numonix.example/privacy",
    )
    site.refresh_from_db()
    partner = Partner.objects.create(
        site=site,
        slug="watcher",
        name="Watcher",
        legal_entity="Watcher Ireland Limited",
        country="IE",
        category="targeting",
        purpose={"en": "Shows ads.", "de": "Zeigt Werbung."},
        purposes=["advertising"],
        privacy_notice_url="https://watcher.example/notice",
        opt_out_url="https://watcher.example/opt-out",
        technologies=["cookie", "pixel", "tag"],
    )
    Partner.objects.create(
        site=site,
        slug="guard",
        name="Guard",
        category="strictly_necessary",
        purpose={"en": "Keeps robots out."},
        necessity_justification="Without it the forms drown in spam.",
    )
    for technology in TECHNOLOGIES:
        Cookie.objects.create(
            site=site,
            partner=partner,
            name=f"theirs_{technology}",
            technology=technology,
            party="third",
            domain="ads.watcher.example",
            lifetime="13 month",
            purpose={"en": f"Purpose of {technology}."},
        )
    Cookie.objects.create(
        site=site, name="own_session", own_category="functional", lifetime="session", purpose={"en": "Remembers."}
    )
    Notice.objects.create(site=site, languages=["en", "de"])
    SitePolicy.objects.create(
        site=site, dnt="disregard", dnt_explanation={"en": "Our reason is <plain>."}, grant_days=90
    )
    OptOutLink.objects.create(site=site, label={"en": "Choices in Europe"}, url="https://choices.example/")
    return site


@pytest.fixture
def declared(client: Client, rich: Site) -> Any:
    assert publish(site=rich, by="alice", now=timezone.now())
    return client.get("/p/numonix/cookies/")


def row_of(text: str, name: str) -> str:
    """The cells of the table row of a name, without markup."""
    row = next(row for row in text.split("<tr")[1:] if f">{name}</code>" in row)
    return " | ".join(re.sub(r"<[^>]+>", "", cell).strip() for cell in row.split("<td")[1:])


@pytest.mark.parametrize("technology", TECHNOLOGIES)
def test_declaration_names_technology_party_lifetime_and_purpose(declared: Any, technology: str) -> None:
    row = row_of(declared.content.decode(), f"theirs_{technology}")
    for fact in (
        KINDS[technology],
        "the partner (ads.watcher.example)",
        "13 months",
        f"Purpose of {technology}.",
    ):
        assert fact in row


def test_declaration_names_what_the_website_itself_keeps(declared: Any) -> None:
    row = row_of(declared.content.decode(), "own_session")
    assert "this website" in row
    assert "until the browser closes" in row
    assert "Numonix itself" in declared.content.decode()


@pytest.mark.parametrize(
    "fact",
    [
        "Strictly necessary",
        "Performance",
        "Functional",
        "Targeting",
        "Nothing is used in this category at present.",
        "Watcher Ireland Limited",
        "Ireland",
        "Cookie, Pixel, Tag",
        "Shows ads.",
        'href="https://watcher.example/notice"',
        'href="https://watcher.example/opt-out"',
        "Without it the forms drown in spam.",
        "This website does not respond to Do Not Track.",
        "Our reason is &lt;plain&gt;.",
        "If your browser sends Global Privacy Control",
        "A yes is remembered for 90 days, a no for 180 days.",
        "Choices in Europe",
        'href="https://choices.example/"',
        "Numonix &amp; Sons LLC",
        'href="mailto:privacy@numonix.example"',
        'href="https://www.numonix.example/privacy"',
        'href="/p/numonix/"',
    ],
)
def test_declaration_is_complete(declared: Any, fact: str) -> None:
    assert fact in declared.content.decode()


def test_declaration_names_the_version_and_its_day(declared: Any, rich: Site) -> None:
    publication = rich.publications.get()
    digest, text = publication.version.digest, declared.content.decode()
    assert f"Version {digest[:12]}, published" in text
    assert f"{publication.effective_at:%Y}" in text
    assert f'href="http://localhost:8000/api/v1/versions/{digest}"' in text
    assert digest in text


def test_declaration_says_that_dnt_is_honoured_where_it_is(client: Client, published: Publication) -> None:
    text = client.get("/p/numonix/cookies/").content.decode()
    assert "If your browser sends Do Not Track, everything optional stays off" in text


def test_declaration_speaks_the_visitors_language(client: Client, declared: Any) -> None:
    text = client.get("/p/numonix/cookies/?language=de").content.decode()
    for words in ("13 Monate", "Irland", "Zeigt Werbung.", "Lokaler Speicher", 'lang="de"'):
        assert words in text
    assert 'href="/p/numonix/?language=de"' in text


def test_declaration_is_public_and_varies_with_the_browsers_language_only(client: Client, declared: Any) -> None:
    assert declared["Cache-Control"] == "public, max-age=60"
    assert declared["Vary"] == "Accept-Language"
    assert "Vary" not in client.get("/p/numonix/cookies/?language=en")
    assert not declared.cookies


def test_declaration_has_strict_headers_and_no_script(declared: Any) -> None:
    policy = declared["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'self'")
    assert "script-src" not in policy
    assert "<script" not in declared.content.decode()


def test_declaration_shows_what_is_live_not_the_draft(client: Client, declared: Any, rich: Site) -> None:
    rich.cookies.filter(name="own_session").update(name="renamed_in_the_draft")
    assert "renamed_in_the_draft" not in client.get("/p/numonix/cookies/").content.decode()


def test_declaration_links_no_address_that_is_not_one(client: Client, rich: Site) -> None:
    Site.objects.filter(pk=rich.pk).update(controller_contact="javascript:alert(1)")
    rich.refresh_from_db()
    publish(site=rich, by="alice", now=timezone.now())
    text = client.get("/p/numonix/cookies/").content.decode()
    assert escape("javascript:alert(1)") in text
    assert 'href="javascript' not in text


def test_declaration_says_how_long_answers_are_remembered_anywhere(client: Client, rich: Site, settings: Any) -> None:
    settings.COUNTRY_HEADER = "X-Country"
    SitePolicy.objects.update_or_create(
        site=rich, defaults={"regimes": ["eu", "us-ca"], "grant_days": 90, "refusal_days": 180}
    )
    assert publish(site=rich, by="alice", now=timezone.now())
    pages = {country: client.get("/p/numonix/cookies/", headers={"X-Country": country}) for country in ("DE", "US-CA")}
    longest = REGIMES["us-ca"].refusal_days
    said = f"Depending on where you are, a yes is remembered for 90 days and a no for 180–{longest} days."
    assert said in pages["DE"].content.decode()
    # Everybody may be given what was made for another, so it must be the same.
    assert pages["DE"].content == pages["US-CA"].content
    assert pages["DE"]["Cache-Control"] == "public, max-age=60"

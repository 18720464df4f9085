"""The hosted preference centre: three situations, one plain form, and nothing kept that was not decided."""

from __future__ import annotations

import json
import re
import time
import uuid
from datetime import timedelta
from html import escape
from itertools import chain
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from consent import consent_cookie
from consent.consent_cookie import StoredChoice
from consent.delivery.compose import RARE_KEYS, preference_facts, texts_of
from consent.models import ConsentEvent, DailyStatistic, Notice, Publication, SitePolicy
from consent.pages.colours import stylesheet
from consent.privacy_signals import Signals
from consent.regimes import REGIMES, resolved
from consent.services.publishing import publish
from consent.services.recording import consent_ref_of
from cookies.models import Site
from tests.consent.conftest import NOW, add_partner, answer_for

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {
    "preferences": ("centre", "confirm", "sweep", "words"),
    "declaration": ("declaration",),
    "embeds": ("embeds",),
    "notices": ("notices",),
    "record": ("record",),
    "returned": ("welcome",),
}

OWN = "www.numonix.example"
BACK = "https://www.numonix.example/prices#top"
CONSENT_ID = "3f2b8c1e-9a4d-4c7b-8e21-5d6f7a8b9c0d"


@pytest.fixture(autouse=True)
def _hosts(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "localhost", OWN, "elsewhere.example"]
    settings.PUBLIC_URL = "http://localhost:8000"


class Visitor:
    """A browser at one host: what it asks for, and the forms that it sends from there."""

    def __init__(self, host: str, *, secure: bool) -> None:
        self.client, self.host, self.secure = Client(enforce_csrf_checks=True), host, secure

    @property
    def origin(self) -> str:
        return f"{'https' if self.secure else 'http'}://{self.host}"

    def open(self, path: str = "/p/numonix/", **headers: str) -> Any:
        return self.client.get(path, secure=self.secure, headers={"host": self.host, **headers})

    def send(self, path: str = "/p/numonix/", /, _headers: dict[str, str] | None = None, **form: Any) -> Any:
        headers = {"host": self.host, "origin": self.origin} if _headers is None else {"host": self.host, **_headers}
        return self.client.post(path, form, secure=self.secure, headers=headers)


@pytest.fixture
def at_own(published: Publication) -> Visitor:
    return Visitor(OWN, secure=True)


@pytest.fixture
def at_platform(published: Publication) -> Visitor:
    return Visitor("localhost:8000", secure=False)


def stored(published: Publication, **changes: Any) -> StoredChoice:
    facts: dict[str, Any] = {
        "version": published.version.digest[:12],
        "decided_at": int(time.time()) - 60,
        "categories": {"performance": True, "functional": False, "targeting": False},
        "consent_id": CONSENT_ID,
        "regime": "eu",
        "signals": Signals(),
        "partners": {},
    }
    return StoredChoice(**{**facts, **changes})


def cookie_header(*choices: StoredChoice) -> str:
    return "; ".join(["theme=dark", *(f"sayso={consent_cookie.format(choice)}" for choice in choices)])


def box(response: Any, name: str, value: str) -> str:
    """The markup of one checkbox."""
    found: list[str] = [
        part.partition(">")[0]
        for part in response.content.decode().split("<input ")[1:]
        if f'name="{name}"' in part.partition(">")[0] and f'value="{value}"' in part.partition(">")[0]
    ]
    assert len(found) == 1, f"{name}={value} is there {len(found)} times."
    return found[0]


def is_on(response: Any, name: str, value: str) -> bool:
    return box(response, name, value).endswith(" checked")


# --- Elsewhere -------------------------------------------------------------------------------------


def test_preferences_elsewhere_say_that_they_change_nothing_and_have_no_form(at_platform: Visitor) -> None:
    response = at_platform.open()
    text = response.content.decode()
    assert response.status_code == 200
    assert escape("it can't change anything in this browser") in text
    assert "<form" not in text
    assert "<input" not in text
    assert "<button" not in text


def test_preferences_elsewhere_still_show_everything(at_platform: Visitor) -> None:
    text = at_platform.open().content.decode()
    for shown in ("Strictly necessary", "Performance", "Functional", "Targeting", "Analytics", "_chat", "13 months"):
        assert shown in text


def test_preferences_elsewhere_take_no_form(at_platform: Visitor) -> None:
    response = at_platform.send(action="accept_all")
    assert response.status_code == 403
    assert not response.cookies
    assert not ConsentEvent.objects.exists()


def test_preferences_on_a_strangers_domain_are_elsewhere(published: Publication) -> None:
    assert "<form" not in Visitor("elsewhere.example", secure=True).open().content.decode()


# --- With a way back -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ({"action": "accept_all"}, "pft"),
        ({"action": "reject_all"}, "-"),
        ({"action": "save", "category": ["performance"], "kept": ["analytics"], "allowed": ["ads"]}, "p.*ads"),
        ({"action": "save", "category": ["performance"], "kept": []}, "p.!analytics"),
    ],
)
def test_preferences_send_the_choice_back_in_the_fragment(
    at_platform: Visitor, form: dict[str, Any], written: str
) -> None:
    response = at_platform.send(f"/p/numonix/?return={BACK.replace('#', '%23')}", **form)
    assert response.status_code == 303
    assert response["Location"] == f"https://www.numonix.example/prices#sayso={written}"
    assert not response.cookies
    assert not ConsentEvent.objects.exists(), "The website records it once the visitor confirmed it there."


def test_preferences_with_a_way_back_name_its_origin_in_the_policy(at_platform: Visitor) -> None:
    response = at_platform.open(f"/p/numonix/?return={BACK.replace('#', '%23')}")
    assert "form-action 'self' https://www.numonix.example;" in response["Content-Security-Policy"]
    assert "Save and go back to Numonix" in response.content.decode()


def test_preferences_ignore_a_foreign_return(at_platform: Visitor) -> None:
    path = "/p/numonix/?return=https://evil.example/"
    shown = at_platform.open(path)
    text = shown.content.decode()
    assert "does not belong to Numonix" in text
    assert "evil.example" not in text
    assert "evil.example" not in shown["Content-Security-Policy"]
    sent = at_platform.send(path, action="accept_all")
    assert sent.status_code == 403
    assert "Location" not in sent


def test_preferences_under_the_own_domain_keep_the_choice_there_despite_a_foreign_return(at_own: Visitor) -> None:
    response = at_own.send("/p/numonix/?return=https://evil.example/", action="accept_all")
    assert response["Location"] == "/p/numonix/?saved=1"


# --- Under the website's own domain ----------------------------------------------------------------


def test_preferences_under_the_own_domain_are_a_form_without_any_script(at_own: Visitor) -> None:
    text = at_own.open().content.decode()
    assert '<form method="post" action="/p/numonix/"' in text
    assert "<script" not in text
    assert "style=" not in text
    assert "Your choice is kept in this browser for Numonix." in text


def test_preferences_refuse_and_accept_with_twins(at_own: Visitor) -> None:
    text = at_own.open().content.decode()
    buttons = [part.partition(">")[0] for part in text.split("<button ")[1:]]
    reject, accept, save = buttons
    assert reject.replace("reject_all", "X").replace("reject-all", "Y") == accept.replace("accept_all", "X").replace(
        "accept-all", "Y"
    )
    assert 'value="save"' in save


def test_preferences_keep_the_choice_in_the_consent_cookie_and_no_other(
    at_own: Visitor, published: Publication
) -> None:
    response = at_own.send(action="save", category=["performance"], kept=["analytics"], allowed=["ads"])
    assert response.status_code == 303
    assert response["Location"] == "/p/numonix/?saved=1"
    assert list(response.cookies) == ["sayso"]
    cookie = response.cookies["sayso"]
    assert (cookie["path"], cookie["samesite"], cookie["secure"]) == ("/", "Lax", True)
    assert (cookie["httponly"], cookie["domain"]) == ("", "")
    assert cookie["max-age"] == 180 * 86_400
    kept = consent_cookie.parse(cookie.value)
    assert kept
    assert kept.version == published.version.digest[:12]
    assert kept.categories == {"performance": True, "functional": False, "targeting": False}
    assert kept.partners == {"ads": True}
    assert abs(kept.decided_at - time.time()) < 60
    assert f"sayso={cookie.value};" in response.cookies.output(), "The value must travel unquoted."


def test_preferences_keep_a_refusal_for_the_days_of_refusals(at_own: Visitor, furnished: Site) -> None:
    SitePolicy.objects.create(site=furnished, grant_days=90, refusal_days=365)
    publish(site=furnished, by="alice", now=timezone.now())
    assert at_own.send(action="reject_all").cookies["sayso"]["max-age"] == 365 * 86_400


def test_preferences_cookie_is_not_secure_where_the_page_is_not(published: Publication, settings: Any) -> None:
    Site.objects.filter(key="numonix").update(domains=["http://127.0.0.1:*"])
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    response = Visitor("127.0.0.1:8000", secure=False).send(action="reject_all")
    assert response.cookies["sayso"]["secure"] == ""


@pytest.mark.parametrize("action", ["accept_all", "reject_all", "save"])
def test_preferences_record_an_event(at_own: Visitor, published: Publication, action: str) -> None:
    response = at_own.send(_headers={"origin": at_own.origin, "Sec-GPC": "1"}, action=action)
    kept = consent_cookie.parse(response.cookies["sayso"].value)
    event = ConsentEvent.objects.get()
    assert kept
    assert (event.action, event.surface, event.trusted) == (action, "page", None)
    assert event.version.digest == published.version.digest
    assert event.consent_ref == consent_ref_of(uuid.UUID(kept.consent_id))
    assert event.categories == {"strictly_necessary": True, **kept.categories}
    assert event.signals == event.signals_seen == {"dnt": False, "gpc": True}
    assert kept.signals == Signals(gpc=True)
    assert (event.language, event.regime_shown) == ("en", "eu")


def test_preferences_keep_the_consent_id_that_the_newest_cookie_holds(at_own: Visitor, published: Publication) -> None:
    older = stored(published, decided_at=int(time.time()) - 5000, consent_id=str(uuid.uuid4()))
    header = cookie_header(older, stored(published))
    response = at_own.send(_headers={"origin": at_own.origin, "cookie": header}, action="reject_all")
    kept = consent_cookie.parse(response.cookies["sayso"].value)
    assert kept
    assert kept.consent_id == CONSENT_ID


def test_preferences_keep_nothing_that_could_not_be_recorded(at_own: Visitor) -> None:
    with patch("consent.pages.preferences.record_event", side_effect=OperationalError("locked")):
        response = at_own.send(action="accept_all")
    assert response.status_code == 503
    assert not response.cookies


@pytest.mark.parametrize(
    "form",
    [
        {"action": "save", "category": ["spying"]},
        {"action": "save", "allowed": ["nobody"]},
        {"action": "embed_unlock"},
        {},
    ],
)
def test_preferences_refuse_what_the_version_does_not_name(at_own: Visitor, form: dict[str, Any]) -> None:
    response = at_own.send(**form)
    assert response.status_code == 400
    assert not response.cookies
    assert not ConsentEvent.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://www.numonix.example"},
        {"origin": "https://evil.example", "referer": f"https://{OWN}/p/numonix/"},
        {"origin": "null", "referer": f"https://{OWN}/p/numonix/"},
        {"referer": "https://evil.example/p/numonix/"},
        {},
    ],
)
def test_preferences_take_no_form_from_another_origin(at_own: Visitor, headers: dict[str, str]) -> None:
    response = at_own.send(_headers=headers, action="accept_all")
    assert response.status_code == 403
    assert not response.cookies
    assert not ConsentEvent.objects.exists()


def test_preferences_take_a_form_by_its_referrer_where_the_origin_is_missing(at_own: Visitor) -> None:
    response = at_own.send(_headers={"referer": f"https://{OWN}/p/numonix/"}, action="reject_all")
    assert response.status_code == 303


@pytest.mark.usefixtures("limits_stand_still")
def test_preferences_hear_a_client_only_so_often(at_own: Visitor, settings: Any) -> None:
    settings.EVENT_RATE = "2/min"
    statuses = [at_own.send(action="reject_all").status_code for _ in range(3)]
    assert statuses == [303, 303, 429]
    assert ConsentEvent.objects.count() == 2


# --- What it starts from ---------------------------------------------------------------------------


def test_preferences_start_with_everything_off(at_own: Visitor) -> None:
    response = at_own.open()
    assert not any(is_on(response, "category", code) for code in ("performance", "functional", "targeting"))
    assert not any(is_on(response, "allowed", slug) for slug in ("analytics", "chat", "ads"))
    assert "You have not decided yet." in response.content.decode()


def test_preferences_start_from_the_newest_cookie(at_own: Visitor, published: Publication) -> None:
    everything = dict.fromkeys(("performance", "functional", "targeting"), True)
    older = stored(published, decided_at=int(time.time()) - 5000, categories=everything)
    newest = stored(published, partners={"analytics": False, "chat": True})
    response = at_own.open(cookie=cookie_header(older, newest))
    assert is_on(response, "category", "performance")
    assert not is_on(response, "kept", "analytics")
    assert not is_on(response, "category", "functional")
    assert is_on(response, "allowed", "chat")
    assert not is_on(response, "category", "targeting")


def test_preferences_ignore_the_platforms_own_cookie_of_that_name(at_platform: Visitor, published: Publication) -> None:
    response = at_platform.open(
        "/p/numonix/?return=https://www.numonix.example/", cookie=cookie_header(stored(published))
    )
    assert not is_on(response, "category", "performance")


def test_preferences_show_a_grant_that_a_new_signal_overrides_as_off(at_own: Visitor, published: Publication) -> None:
    response = at_own.open(cookie=cookie_header(stored(published)), dnt="1")
    assert not is_on(response, "category", "performance")
    assert "Your browser sends Do Not Track. Everything optional is off" in response.content.decode()


def test_preferences_show_a_grant_given_under_the_signal_as_on(at_own: Visitor, published: Publication) -> None:
    choice = stored(published, signals=Signals(gpc=True))
    response = at_own.open(cookie=cookie_header(choice), **{"sec-gpc": "1"})
    assert is_on(response, "category", "performance")
    assert "you switched on yourself while it was sent" in response.content.decode()


def test_preferences_show_a_partner_added_since_as_off(at_own: Visitor, published: Publication) -> None:
    site = published.site
    add_partner(site, "heatmap", "performance")
    publish(site=site, by="alice", now=timezone.now())
    response = at_own.open(cookie=cookie_header(stored(published)))
    assert is_on(response, "category", "performance")
    assert is_on(response, "kept", "analytics")
    assert not is_on(response, "kept", "heatmap")


def test_preferences_say_that_the_choice_is_saved_and_link_the_record(at_own: Visitor, published: Publication) -> None:
    text = at_own.open("/p/numonix/?saved=1", cookie=cookie_header(stored(published))).content.decode()
    assert "Your choice is saved." in text
    assert "Everything optional is off." not in text
    assert f'href="http://localhost:8000/p/numonix/receipts/#{CONSENT_ID}"' in text


def test_preferences_say_that_a_refusal_leaves_everything_off(at_own: Visitor, published: Publication) -> None:
    refused = stored(published, categories={})
    text = at_own.open("/p/numonix/?saved=1", cookie=cookie_header(refused)).content.decode()
    assert "Your choice is saved. Everything optional is off." in text


def test_preferences_do_not_claim_to_have_saved_what_the_browser_refused(at_own: Visitor) -> None:
    text = at_own.open("/p/numonix/?saved=1").content.decode()
    assert "Your choice is saved." not in text
    assert "did not keep your choice" in text


# --- Languages, texts, headers ---------------------------------------------------------------------


@pytest.fixture
def in_two_languages(published: Publication) -> None:
    Notice.objects.update_or_create(site=published.site, defaults={"languages": ["en", "de"]})
    publish(site=published.site, by="alice", now=NOW + timedelta(seconds=1))


@pytest.mark.usefixtures("in_two_languages")
def test_preferences_speak_the_asked_language_and_keep_it(at_own: Visitor) -> None:
    response = at_own.open("/p/numonix/?language=de")
    text = response.content.decode()
    assert '<html lang="de" dir="ltr">' in text
    assert "Alle ablehnen" in text
    assert response["Content-Language"] == "de"
    assert 'action="/p/numonix/?language=de"' in text
    sent = at_own.send("/p/numonix/?language=de", action="reject_all")
    assert sent["Location"] == "/p/numonix/?saved=1&language=de"
    assert ConsentEvent.objects.get().language == "de"


@pytest.mark.usefixtures("in_two_languages")
def test_preferences_speak_the_browsers_language_else_the_websites(at_own: Visitor) -> None:
    assert 'lang="de"' in at_own.open(**{"accept-language": "de-AT,de;q=0.9"}).content.decode()[:60]
    assert 'lang="en"' in at_own.open(**{"accept-language": "fr"}).content.decode()[:60]


def test_preferences_are_set_from_right_to_left_where_the_language_is(at_own: Visitor, published: Publication) -> None:
    Notice.objects.update_or_create(site=published.site, defaults={"languages": ["en", "ar"]})
    publish(site=published.site, by="alice", now=timezone.now())
    assert '<html lang="ar" dir="rtl">' in at_own.open("/p/numonix/?language=ar").content.decode()


def test_preferences_escape_every_text_of_the_website(at_own: Visitor, published: Publication) -> None:
    site, attack = published.site, '<script>alert("x")</script>'
    site.partners.update(name=attack, legal_entity=attack, purpose={"en": attack})
    site.cookies.update(name=attack, purpose={"en": attack})
    Site.objects.filter(pk=site.pk).update(name=attack)
    Notice.objects.update_or_create(
        site=site, defaults={"texts": {"en": {"preferences_intro": attack, "performance_title": attack}}}
    )
    site.refresh_from_db()
    publish(site=site, by="alice", now=timezone.now())
    for path in ("/p/numonix/", "/p/numonix/cookies/", "/p/numonix/receipts/"):
        text = at_own.open(path).content.decode()
        assert "<script>" not in text
        assert escape(attack) in text or "\\&quot;" in text


def test_preferences_have_strict_headers(at_own: Visitor) -> None:
    response = at_own.open()
    policy = response["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in response["Content-Security-Policy"]
    assert "script-src" not in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert not response.cookies


def test_preferences_load_nothing_from_elsewhere(at_own: Visitor) -> None:
    text = at_own.open().content.decode()
    for part in text.split(' src="')[1:] + [link.partition('href="')[2] for link in text.split("<link ")[1:]]:
        assert part.startswith(("/static/", "/p/numonix/colours.css"))


# --- Nothing to show -------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["", "cookies/", "receipts/", f"receipts/{CONSENT_ID}"])
def test_pages_of_an_unknown_website_are_a_plain_404(client: Client, db: None, page: str) -> None:
    response = client.get(f"/p/nobody/{page}")
    assert response.status_code == 404
    assert "There is no such website here" in response.content.decode()
    assert response["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("page", ["", "cookies/", "receipts/"])
def test_pages_of_a_website_without_a_version_say_so(client: Client, site: Site, page: str) -> None:
    response = client.get(f"/p/numonix/{page}", headers={"accept-language": "de"})
    assert response.status_code == 404
    assert "Noch ist nichts veröffentlicht" in response.content.decode()


def test_preferences_know_other_methods_only_to_refuse_them(at_own: Visitor) -> None:
    assert at_own.client.put("/p/numonix/", secure=True, headers={"host": OWN}).status_code == 405


# --- A website's colours ---------------------------------------------------------------------------


def test_pages_wear_the_colours_of_the_published_version(at_own: Visitor, published: Publication) -> None:
    Notice.objects.update_or_create(
        site=published.site,
        defaults={
            "brand_colour": "#0b6e4f",
            "dark_brand_colour": "#7fdcb8",
            "dark_brand_text_colour": "#06231a",
            "radius": 4,
        },
    )
    publish(site=published.site, by="alice", now=timezone.now())
    assert '<link rel="stylesheet" href="/p/numonix/colours.css">' in at_own.open().content.decode()
    sheet = at_own.open("/p/numonix/colours.css")
    assert sheet["Content-Type"] == "text/css; charset=utf-8"
    assert sheet["Cache-Control"] == "public, max-age=60"
    light, dark = sheet.content.decode().split("@media (prefers-color-scheme: dark)")
    assert "--brand: #0b6e4f; --on-brand: #ffffff; --radius: 4px;" in light
    assert "--brand: #7fdcb8; --on-brand: #06231a;" in dark


def test_colours_that_are_none_never_reach_the_stylesheet() -> None:
    attack = "red;} body{background:url(https://evil.example)}"
    names = ("brand_colour", "brand_text_colour", "dark_brand_colour", "dark_brand_text_colour")
    sheet = stylesheet({**dict.fromkeys(names, attack), "radius": 14})
    assert "evil" not in sheet
    assert "--brand" not in sheet


def test_colours_of_an_unknown_website_are_none(client: Client, db: None) -> None:
    assert client.get("/p/nobody/colours.css").content == b""


def test_preferences_open_what_differs_from_its_category(at_own: Visitor, published: Publication) -> None:
    text = at_own.open(cookie=cookie_header(stored(published, partners={"analytics": False}))).content.decode()
    performance, functional = text.split("<section")[2:4]
    assert "<details open>" in performance
    assert "<details>" in functional


@pytest.mark.parametrize("kind", ["preferences", *RARE_KEYS])
def test_later_files_carry_the_words_that_they_say(kind: str, published: Publication) -> None:
    payload = json.loads(bytes(published.version.payload))
    payload["regimes"].append(resolved(REGIMES["us-ca"]))
    payload["policy"]["dnt"] = "disregard"
    second = set(preference_facts(payload, "en")["texts"])
    carried = second if kind == "preferences" else second | set(texts_of(kind, payload, "en"))
    said = {word for name in SOURCES[kind] for word in re.findall(r"texts\.([a-z_]+)", source(name))}
    assert said
    assert said <= carried


def test_second_file_carries_nothing_of_the_hosted_pages_nor_of_what_few_need(published: Publication) -> None:
    payload = json.loads(bytes(published.version.payload))
    carried = set(preference_facts(payload, "en")["texts"])
    assert {"technology_cookie", "party_first", "lifetime_session", "partners_other"} <= carried
    assert not {word for word in carried if word.startswith(("page_", "sale_", *chain(*RARE_KEYS.values())))}


EARLY = "Loads without waiting for your yes, and is told what you choose."
UNTRUE = "Nothing optional runs before you say yes"


@pytest.mark.parametrize("is_early", [True, False])
def test_partner_that_loads_before_a_yes_is_said_to(furnished: Site, is_early: bool) -> None:
    SitePolicy.objects.create(site=furnished, dnt="disregard", dnt_explanation={"en": "We wait."})
    if is_early:
        # Without its full stop, as websites write.
        furnished.partners.filter(slug="analytics").update(load_mode="signalled", purpose={"en": "Counts visits"})
    # What a website runs on loads too, and nobody is asked about it.
    add_partner(furnished, "shop", "strictly_necessary", necessity_justification="It runs the shop.")
    furnished.partners.filter(slug="shop").update(load_mode="signalled")
    answer_for(furnished, "analytics")
    publication = publish(site=furnished, by="alice", now=NOW)
    assert publication
    visitor = Visitor(OWN, secure=True)
    form = visitor.open(DNT="1").content.decode()
    declaration = visitor.open("/p/numonix/cookies/").content.decode()
    facts = preference_facts(json.loads(bytes(publication.version.payload)), "en")
    said = json.dumps(facts)
    assert [text.count(EARLY) for text in (form, declaration, said)] == [int(is_early)] * 3
    # And what is not so is not said.
    assert [UNTRUE in text for text in (form, declaration, said)] == [not is_early] * 3
    analytics = next(partner for partner in facts["partners"] if partner["slug"] == "analytics")
    assert analytics["purpose"].startswith(f"Counts visits. {EARLY}") == is_early


NOTHING_RUNS = "othing optional runs"
LESS = ("nothing that waits for a yes runs", "Only what does not wait for a yes runs.")


@pytest.mark.parametrize("mode", ["gated", "signalled"])
def test_nothing_optional_runs_is_only_said_where_it_is_so(furnished: Site, mode: str) -> None:
    furnished.partners.filter(slug="analytics").update(load_mode=mode)
    answer_for(furnished, "analytics")
    assert publish(site=furnished, by="alice", now=NOW)
    elsewhere = Visitor("testserver", secure=False).open().content.decode()
    not_kept = Visitor(OWN, secure=True).open("/p/numonix/?saved=1").content.decode()
    assert [NOTHING_RUNS in text for text in (elsewhere, not_kept)] == [mode == "gated"] * 2
    assert [less in text for text, less in zip((elsewhere, not_kept), LESS, strict=True)] == [mode == "signalled"] * 2


def source(name: str) -> str:
    return (ROOT / "static" / "snippet" / f"{name}.js").read_text()


# --- The regime of the place -----------------------------------------------------------------------


@pytest.fixture
def distinguishing(furnished: Site, settings: Any) -> Visitor:
    """A visitor of a website with several regimes, on a server that trusts an edge."""
    settings.COUNTRY_HEADER = "X-Country"
    SitePolicy.objects.create(site=furnished, regimes=["eu", "us-ca"], grant_days=30, refusal_days=180)
    assert publish(site=furnished, by="alice", now=NOW)
    return Visitor(OWN, secure=True)


def switched_on(page: Any) -> set[str]:
    boxes = re.findall(r"<input[^>]*>", page.content.decode())
    return {
        str(name[1])
        for box in boxes
        if 'name="category"' in box and "checked" in box and (name := re.search(r'value="(\w+)"', box))
    }


def test_page_starts_from_what_holds_where_the_visitor_is(distinguishing: Visitor) -> None:
    everything = {"performance", "functional", "targeting"}
    assert switched_on(distinguishing.open(**{"X-Country": "DE"})) == set()
    assert switched_on(distinguishing.open(**{"X-Country": "US-CA"})) == everything
    assert switched_on(distinguishing.open(**{"X-Country": "US"})) == set(), "Somewhere in the USA may be anywhere."
    page = distinguishing.open(**{"X-Country": "US-CA", "Sec-GPC": "1"})
    assert switched_on(page) == everything - {"targeting"}
    assert page["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(("country", "runs"), [("DE", False), ("US-CA", True)])
def test_refusal_that_was_not_kept_is_not_said_to_stop_what_runs(
    distinguishing: Visitor, country: str, runs: bool
) -> None:
    text = distinguishing.open("/p/numonix/?saved=1", **{"X-Country": country}).content.decode()
    assert (NOTHING_RUNS in text, LESS[1] in text) == (not runs, runs)


@pytest.mark.parametrize(
    ("country", "seen", "regime", "days"),
    [
        ("DE", "DE", "eu", 180),
        ("US-CA", "US", "us-ca", consent_cookie.LONGEST_DAYS),
        ("XX", None, "unknown", REGIMES["us-ca"].refusal_days),
    ],
)
def test_choice_and_its_cookie_belong_to_the_regime_of_the_place(
    distinguishing: Visitor, country: str, seen: str | None, regime: str, days: int
) -> None:
    headers = {"origin": distinguishing.origin, "X-Country": country}
    response = distinguishing.send(_headers=headers, action="reject_all")
    assert response.status_code == 303
    event = ConsentEvent.objects.get()
    assert (event.country, event.regime_shown, event.regime_seen) == (seen, regime, regime)
    choice = consent_cookie.parse(response.cookies["sayso"].value)
    assert choice
    assert choice.regime == regime
    assert response.cookies["sayso"]["max-age"] == days * 86_400


def test_form_that_a_person_sent_is_an_act_of_theirs(at_own: Visitor) -> None:
    by_hand = {"origin": at_own.origin, "Sec-GPC": "1", "Sec-Fetch-User": "?1"}
    at_own.send(_headers=by_hand, action="accept_all")
    assert ConsentEvent.objects.get().trusted is True
    assert "accept_all" in DailyStatistic.objects.values_list("outcome", flat=True)
    assert not DailyStatistic.objects.filter(outcome="unproven_grant").exists()


def test_form_of_which_nobody_knows_who_sent_it_is_counted(at_own: Visitor) -> None:
    at_own.send(_headers={"origin": at_own.origin, "Sec-GPC": "1"}, action="accept_all")
    assert ConsentEvent.objects.get().trusted is None
    assert DailyStatistic.objects.get().outcome == "unproven_grant"

"""/.well-known/dnt/, /.well-known/gpc.json and `Tk`, as a program that asks for them sees them."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from consent import consent_cookie, regimes
from consent.consent_cookie import StoredChoice
from consent.deciding import deciding_regimes
from consent.decisions import OPTIONAL_CATEGORIES, DecidingPartner, DecidingVersion
from consent.models import Notice, Publication, SitePolicy
from consent.privacy_signals import Signals, read_signals
from consent.services.demo import load_demo
from consent.services.publishing import publish
from consent.tracking_status import MEDIA_TYPE, tracking_value
from consent.wellknown import lines
from consent.wellknown.website import status_of
from cookies.models import Site
from tests.consent.conftest import NOW

OWN = "www.numonix.example"
PLATFORM = "localhost:8000"
CONSENT_ID = "3f2b8c1e-9a4d-4c7b-8e21-5d6f7a8b9c0d"
STATUS = "/.well-known/dnt/numonix"


@pytest.fixture(autouse=True)
def _hosts(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver", ".localhost", "127.0.0.1", OWN]


def ask(client: Client, path: str, *, host: str = OWN, cookie: str = "", **headers: str) -> Any:
    named = {name.replace("_", "-"): said for name, said in headers.items()}
    return client.get(path, secure=host == OWN, headers={"host": host, "cookie": cookie, **named})


def yes(publication: Publication, categories: str = "performance", **changes: Any) -> str:
    """A `Cookie` header with an answer of a minute ago."""
    facts: dict[str, Any] = {
        "version": publication.version.digest[:12],
        "decided_at": int(time.time()) - 60,
        "categories": {name: name in categories for name in OPTIONAL_CATEGORIES},
        "consent_id": CONSENT_ID,
        "regime": "eu",
    }
    return f"theme=dark; sayso={consent_cookie.format(StoredChoice(**{**facts, **changes}))}"


def publish_with(site: Site, **policy: Any) -> Publication:
    SitePolicy.objects.update_or_create(site=site, defaults=policy)
    publication = publish(site=site, by="alice", now=NOW)
    assert publication
    return publication


# --- The tracking status resources -----------------------------------------------------------------


def test_platform_does_not_track_and_says_who_and_what(client: Client, db: None) -> None:
    response = client.get("/.well-known/dnt/", headers={"host": PLATFORM})
    assert response["Content-Type"] == MEDIA_TYPE
    assert json.loads(response.content) == {
        "tracking": "N",
        "policy": "http://localhost:8000/#privacy",
        "config": "http://localhost:8000/#privacy",
        "controller": ["http://localhost:8000/"],
    }
    assert response["Cache-Control"] == "public, max-age=86400"
    assert "Vary" not in response
    assert 'id="privacy"' in client.get("/").content.decode()


@pytest.mark.parametrize("path", ["/.well-known/dnt/", STATUS, "/.well-known/gpc.json"])
def test_resource_sets_no_cookie_and_is_read_only(client: Client, published: Publication, path: str) -> None:
    assert client.head(path).status_code == 200
    for response in (ask(client, path, cookie=yes(published)), client.post(path), client.delete(path)):
        assert not response.cookies
    assert client.post(path).status_code == client.delete(path).status_code == 405


def test_status_of_a_website_depends_on_its_own_cookie_and_on_the_signals(
    client: Client, published: Publication
) -> None:
    def tracking(cookie: str = "", **headers: str) -> str:
        return str(json.loads(ask(client, STATUS, cookie=cookie, **headers).content)["tracking"])

    given_under_dnt = yes(published, signals=Signals(dnt=True))
    assert tracking() == "N"
    assert tracking("sayso=nonsense") == "N"
    assert tracking(yes(published)) == "C"
    assert tracking(yes(published), DNT="1") == "N"
    assert tracking(yes(published), DNT="11") == "N"
    assert tracking(yes(published), DNT="yes") == "C"
    assert tracking(yes(published), Sec_GPC="true") == "C"
    assert tracking(yes(published), Sec_GPC="1, 1") == "N"
    assert tracking(given_under_dnt, DNT="1") == "C"
    # Of two of its name, the newest counts, as in the browser.
    older = yes(published, categories="", decided_at=int(time.time()) - 3600).removeprefix("theme=dark; ")
    assert tracking(f"{older}; {yes(published)}") == "C"


def test_status_of_a_website_leads_to_pages_that_exist_and_back(client: Client, published: Publication) -> None:
    body = json.loads(ask(client, STATUS, cookie=yes(published)).content)
    assert body == {
        "tracking": "C",
        "policy": "http://localhost:8000/p/numonix/cookies/#signals",
        "config": "http://localhost:8000/p/numonix/?return=https%3A%2F%2Fwww.numonix.example%2F",
        "controller": ["http://localhost:8000/p/numonix/cookies/#responsible"],
    }
    declaration = client.get("/p/numonix/cookies/").content.decode()
    assert 'id="signals"' in declaration
    assert 'id="responsible"' in declaration
    page = client.get(body["config"].removeprefix("http://localhost:8000"), headers={"host": PLATFORM})
    assert "<form" in page.content.decode()


def test_status_of_a_website_is_kept_by_no_cache(client: Client, published: Publication) -> None:
    response = ask(client, STATUS)
    assert response["Content-Type"] == MEDIA_TYPE
    assert response["Cache-Control"] == "private, no-store"
    assert {name.strip() for name in response["Vary"].split(",")} == {"DNT", "Sec-GPC", "Cookie"}


def test_status_on_the_platforms_domain_hears_no_cookie(client: Client, published: Publication) -> None:
    """A cookie there is another domain's, whatever it is called; and so is one of a foreign host."""
    for host in (PLATFORM, "testserver"):
        assert json.loads(ask(client, STATUS, host=host, cookie=yes(published)).content)["tracking"] == "N"


def test_status_of_a_website_that_disregards_is_public_and_explained(client: Client, furnished: Site) -> None:
    published = publish_with(furnished, dnt="disregard", dnt_explanation={"en": "Our reason."})
    response = ask(client, STATUS, cookie=yes(published), DNT="1")
    body = json.loads(response.content)
    assert body["tracking"] == "D"
    assert response["Cache-Control"] == "public, max-age=86400"
    assert "Vary" not in response
    explained = client.get(body["policy"].removeprefix("http://localhost:8000")).content.decode()
    assert "This website does not respond to Do Not Track." in explained
    assert "Our reason." in explained


def test_status_follows_the_visitors_place(client: Client, furnished: Site, settings: Any) -> None:
    publish_with(furnished, regimes=["eu", "us-ca"])
    settings.COUNTRY_HEADER, settings.REGION_HEADER = "X-Country", "X-Region"
    places = [
        ({"X_Country": "US", "X_Region": "CA"}, "T"),
        ({"X_Country": "DE"}, "N"),
        ({"X_Country": "JP"}, "N"),
        ({}, "N"),
    ]
    for place, expected in places:
        assert json.loads(ask(client, STATUS, **place).content)["tracking"] == expected


@pytest.mark.parametrize("path", ["/.well-known/dnt/nobody", "/.well-known/dnt/elsewhere", "/.well-known/dnt/A_b"])
def test_status_of_what_is_not_published_is_unknown(
    client: Client, published: Publication, mallory_site: Site, path: str
) -> None:
    assert client.get(path).status_code == 404


def test_status_of_an_archived_website_is_unknown(client: Client, published: Publication, furnished: Site) -> None:
    Site.objects.filter(pk=furnished.pk).update(state=Site.State.ARCHIVED)
    assert client.get(STATUS).status_code == 404


def test_status_leads_to_no_pattern_of_addresses(client: Client, published: Publication, furnished: Site) -> None:
    Site.objects.filter(pk=furnished.pk).update(domains=["https://*.numonix.example", "http://localhost:*"])
    config = json.loads(client.get(STATUS).content)["config"]
    assert config == "http://localhost:8000/p/numonix/"


def test_gpc_support_is_plain_json(client: Client, db: None) -> None:
    response = client.get("/.well-known/gpc.json")
    assert response["Content-Type"] == "application/json"
    body = json.loads(response.content)
    assert body["gpc"] is True
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", body["lastUpdate"])
    assert response["Cache-Control"] == "public, max-age=86400"


def test_demo_websites_have_a_status_of_their_own(client: Client, db: None) -> None:
    load_demo(now=timezone.now())
    for host, expected in (("127.0.0.1:8000", "N"), ("cloud9-technologies.localhost:8000", "D"), (PLATFORM, "N")):
        response = client.get("/.well-known/dnt/", headers={"host": host, "dnt": "1"})
        assert json.loads(response.content)["tracking"] == expected
        assert client.get("/demo/", headers={"host": host, "dnt": "1"}).headers["Tk"] == expected
    # The other way round: the platform's own pages under a website's name follow nobody either.
    assert client.get("/p/cloud9-technologies/", headers={"host": "cloud9-technologies.localhost:8000"})["Tk"] == "N"


# --- Tk --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/p/numonix/",
        "/p/numonix/cookies/",
        "/p/nobody/",
        "/p/numonix/receipts/",
        "/s/numonix.js",
        "/s/nobody.js",
        "/static/pages/pages.css",
        "/api/v1/sites/numonix",
        "/api/v1/sites/numonix/events",
        "/admin/",
        "/nothing",
        "/.well-known/dnt",
        STATUS,
    ],
)
def test_tk_stands_on_every_answer(client: Client, published: Publication, path: str) -> None:
    """Static files, redirects, refusals and errors too; and whatever the visitor sends."""
    for headers in ({}, {"dnt": "1", "sec-gpc": "1"}):
        response = client.get(path, headers=headers)
        # A static file is open until it is sent.
        response.close()
        assert response["Tk"] == "N"


def test_tk_tells_of_an_update_when_an_event_is_recorded(send: Callable[..., Any], event_body: dict[str, Any]) -> None:
    assert send(event_body)["Tk"] == "U"
    # Who sends it again never got the first answer.
    assert send(event_body)["Tk"] == "U"
    assert send({**event_body, "version": "0" * 64})["Tk"] == "N"
    assert send("nonsense")["Tk"] == "N"
    assert send(event_body, origin="https://evil.example")["Tk"] == "N"


def test_tk_tells_of_an_update_when_a_record_is_erased(
    client: Client, send: Callable[..., Any], event_body: dict[str, Any]
) -> None:
    send(event_body)
    bearer = {"Authorization": f"Bearer {event_body['consent_id']}"}
    assert client.get("/api/v1/sites/numonix/consents", headers=bearer)["Tk"] == "N"
    assert client.delete("/api/v1/sites/numonix/consents", headers=bearer)["Tk"] == "U"
    stranger = {"Authorization": f"Bearer {uuid.uuid4()}"}
    assert client.delete("/api/v1/sites/numonix/consents", headers=stranger)["Tk"] == "N"


def test_tk_tells_of_an_update_when_the_hosted_form_kept_a_choice(client: Client, published: Publication) -> None:
    def sent(path: str, host: str, origin: str, action: str) -> Any:
        headers = {"host": host, "origin": origin}
        return client.post(path, {"action": action}, secure=host == OWN, headers=headers)

    kept = sent("/p/numonix/", OWN, f"https://{OWN}", "accept_all")
    assert (kept.status_code, kept["Tk"]) == (303, "U")
    assert sent("/p/numonix/", OWN, f"https://{OWN}", "nonsense")["Tk"] == "N"
    assert sent("/p/numonix/", OWN, "https://evil.example", "accept_all")["Tk"] == "N"
    # It only hands the choice over: the website's own page asks and keeps it.
    handed = sent(f"/p/numonix/?return=https://{OWN}/", PLATFORM, f"http://{PLATFORM}", "accept_all")
    assert (handed.status_code, handed["Tk"]) == (303, "N")


# --- The declaration -------------------------------------------------------------------------------


def test_declaration_says_how_a_conflict_is_decided(client: Client, furnished: Site) -> None:
    Notice.objects.update_or_create(site=furnished, defaults={"languages": ["en", "de"]})
    publish_with(furnished, dnt="honour")
    english = client.get("/p/numonix/cookies/").content.decode()
    assert "contradicts an earlier choice, the signal wins" in english
    assert "sale or sharing" not in english
    assert "gilt das Signal" in client.get("/p/numonix/cookies/?language=de").content.decode()


def test_declaration_says_what_a_signal_does_where_things_run_until_refused(client: Client, furnished: Site) -> None:
    publish_with(furnished, regimes=["eu", "us-ca"], dnt="disregard")
    text = client.get("/p/numonix/cookies/").content.decode()
    assert "switches off what is sale or sharing of your data" in text
    assert "This website does not respond to Do Not Track. What you choose" in text
    # It would not be true there.
    assert "Nothing optional runs before you say yes" not in text


# --- The lines for a website's own web server ------------------------------------------------------


def rows(*codes: str) -> Any:
    chosen = regimes.in_force(codes, grant_days=180, refusal_days=180)
    return deciding_regimes({"regimes": [regimes.resolved(row) for row in chosen]})


class Nginx:
    """The `map` blocks as nginx reads them: a string, else the first expression that fits, else the default."""

    def __init__(self, text: str) -> None:
        self.maps: list[tuple[str, str, str]] = re.findall(
            r'^map "?(.+?)"? (\$\w+) \{\n(.*?)^\}', text, re.MULTILINE | re.DOTALL
        )

    def value(self, wanted: str, **known: str) -> str:
        for source, target, body in self.maps:
            known[target[1:]] = self._mapped(self._filled(source, known), body, known)
        return known[wanted]

    def _mapped(self, value: str, body: str, known: dict[str, str]) -> str:
        rows = re.findall(r'^ +("(?:[^"\\]|\\.)*"|\S+) +("[^"]*"|[^;]*);$', body, re.MULTILINE)
        patterns: list[tuple[str, str]] = [(pattern.strip('"'), result.strip('"')) for pattern, result in rows]
        for pattern, result in patterns:
            if pattern.startswith("~") and (found := re.search(pattern[1:].replace("(?<", "(?P<"), value)):
                known.update(found.groupdict())
                return self._filled(result, known)
        return dict(patterns)["default"]

    def _filled(self, text: str, known: dict[str, str]) -> str:
        return re.sub(r"\$(\w+)", lambda name: known.get(name[1], ""), text)


LIVE = DecidingVersion(
    "a" * 12,
    {"a" * 12: 1},
    dict.fromkeys(OPTIONAL_CATEGORIES, 0),
    (DecidingPartner("ads", "targeting", 1, sale_or_share=True), DecidingPartner("chat", "functional", 1)),
)
cookies = st.builds(
    StoredChoice,
    version=st.just("a" * 12),
    decided_at=st.integers(1_790_000_000, 1_795_000_000),
    categories=st.fixed_dictionaries({name: st.booleans() for name in OPTIONAL_CATEGORIES}),
    consent_id=st.just(CONSENT_ID),
    regime=st.sampled_from(["eu", "us-ca"]),
    signals=st.builds(Signals, dnt=st.booleans(), gpc=st.booleans()),
    partners=st.dictionaries(st.sampled_from(["ads", "chat"]), st.booleans()),
)


@given(
    cookie=st.one_of(st.sampled_from(["", "nonsense", "1.aaaaaaaaaaaa.0..x.eu~"]), cookies.map(consent_cookie.format)),
    dnt=st.sampled_from(["", "1", "11", "0", "yes", "1, 0", "0,1"]),
    gpc=st.sampled_from(["", "1", "true", "1, 1", "11", "0,1"]),
    codes=st.sampled_from([(), ("eu", "uk"), ("eu", "us-ca"), ("uk-statistics",), ("us-ca-opt-in", "world")]),
)
def test_nginx_lines_never_say_less_than_the_decision(cookie: str, dnt: str, gpc: str, codes: tuple[str, ...]) -> None:
    nginx = Nginx(lines.value_lines(rows(*codes), runs_unasked=False))
    said = nginx.value("sayso_tk", cookie_sayso=cookie, http_dnt=dnt, http_sec_gpc=gpc)
    truth = {
        tracking_value(
            regime=row,
            dnt_policy="honour",
            signals=read_signals({"DNT": dnt, "Sec-GPC": gpc}),
            stored=consent_cookie.parse(cookie),
            version=LIVE,
            now=1_795_000_000,
        )
        for row in rows(*codes)
    }
    assert said in ("N", "C", "T")
    assert said != "N" or truth == {"N"}


@pytest.mark.parametrize(
    ("codes", "granted", "given_under", "dnt", "gpc", "expected"),
    [
        ((), None, "", "", "", "N"),
        ((), "", "", "", "", "N"),
        ((), "p", "", "", "", "C"),
        ((), "p", "", "1", "", "N"),
        ((), "p", "d", "1", "", "C"),
        ((), "p", "d", "1", "1", "N"),
        ((), "p", "gd", "1", "1", "C"),
        ((), "p", "", "yes", "true", "C"),
        (("eu", "us-ca"), None, "", "", "", "T"),
        (("eu", "us-ca"), "", "", "", "", "N"),
        (("eu", "us-ca"), "pft", "", "", "", "C"),
        (("eu", "us-ca"), "pft", "", "", "1", "T"),
    ],
)
def test_nginx_lines_say_what_they_can_know(
    codes: tuple[str, ...], granted: str | None, given_under: str, dnt: str, gpc: str, expected: str
) -> None:
    cookie = ""
    if granted is not None:
        cookie = consent_cookie.format(
            StoredChoice(
                "a" * 12,
                1_795_000_000,
                {name: name[0] in granted for name in OPTIONAL_CATEGORIES},
                CONSENT_ID,
                "eu",
                Signals(dnt="d" in given_under, gpc="g" in given_under),
            )
        )
    nginx = Nginx(lines.value_lines(rows(*codes), runs_unasked=False))
    assert nginx.value("sayso_tk", cookie_sayso=cookie, http_dnt=dnt, http_sec_gpc=gpc) == expected


def test_files_say_one_thing_to_everybody(settings: Any) -> None:
    honoured = lines.file_lines(status_of("numonix", lines.site_wide_value("honour"), home=""), "2026-11-25")
    # `?` obliges to a `Tk` on every answer.
    assert '"tracking": "?"' in honoured
    assert honoured.startswith("add_header Tk $sayso_tk always;\n")
    disregarded = lines.file_lines(status_of("numonix", lines.site_wide_value("disregard"), home=""), "2026-11-25")
    assert '"tracking": "D"' in disregarded
    assert disregarded.startswith("add_header Tk D always;\n")
    for text in (honoured, disregarded):
        assert "location = /.well-known/gpc.json {" in text
        assert f"default_type {MEDIA_TYPE};" in text
        # The body stands between apostrophes, and nginx would fill in what begins with a dollar sign.
        assert all(not set("'$") & set(body) for body in re.findall(r"return 200 '(.*)';", text))


def test_lines_of_a_website_with_a_tag_that_loads_itself_say_tracking() -> None:
    assert lines.value_lines(rows("eu"), runs_unasked=True) == 'map "" $sayso_tk {\n    default T;\n}\n'


ANSWER = "1.a1b2c3d4e5f6.tovs80.pf.PyuMHppNTHuOIV1veoucDQ.eu~g.!hubspot"


@given(cookie=cookies.map(consent_cookie.format), seconds=st.integers(1, 400 * 86_400))
def test_nginx_lines_set_every_answer_again(cookie: str, seconds: int) -> None:
    nginx = Nginx(lines.keep_map_lines(cookie_domain="", is_secure=True))
    said = nginx.value("sayso_keep", http_sayso_keep=str(seconds), cookie_sayso=cookie)
    assert said == f"sayso={cookie}; Path=/; SameSite=Lax; Max-Age={seconds}; Secure"


@pytest.mark.parametrize(
    ("seconds", "cookie"),
    [
        *((seconds, ANSWER) for seconds in ("", "0", "-1", "1e9", "34560001", "99999999", "1; Domain=x", "1 1.x")),
        *(("60", cookie) for cookie in ("", "x", ANSWER + " ", ANSWER + ",x", ANSWER[1:], ANSWER.replace("pf", ""))),
    ],
)
def test_nginx_lines_set_nothing_else(seconds: str, cookie: str) -> None:
    nginx = Nginx(lines.keep_map_lines(cookie_domain="", is_secure=True))
    assert nginx.value("sayso_keep", http_sayso_keep=seconds, cookie_sayso=cookie) == ""

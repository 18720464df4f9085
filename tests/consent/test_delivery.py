"""The composed files as browsers get them: the same bytes for everybody, from memory, revalidated cheaply."""

from __future__ import annotations

import gzip
import json
import re
from datetime import timedelta
from typing import Any

import brotli
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consent.delivery import live
from consent.delivery.compose import engine, engine_for, extras_of, in_language, script_json
from consent.models import ComposedFile, Publication
from consent.services.publishing import draft_of, publish
from cookies.models import Site
from cookies.services.sites import clean_domains
from tests.consent.conftest import NOW, add_partner

pytestmark = pytest.mark.django_db


def facts_in(body: bytes) -> dict[str, Any]:
    """The JSON that the server put behind the engine."""
    text = body.decode()
    found = re.search(r"\n\}\)\((\{.*\})\);\n\Z", text, re.DOTALL)
    assert found
    facts: dict[str, Any] = json.loads(found[1])
    return facts


def test_snippet_carries_the_live_version(client: Client, published: Publication) -> None:
    response = client.get("/s/numonix.js")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    facts = facts_in(response.content)
    assert facts["version"] == published.version.digest
    assert facts["ordinals"] == {published.version.digest[:12]: 1}
    assert [partner["slug"] for partner in facts["partners"]] == ["analytics", "chat", "ads"]
    assert facts["partners"][0]["cookies"] == ["_analytics"]
    assert facts["page"] == "http://localhost:8000/p/numonix/"
    assert engine(engine_for(facts)).strip() in response.content.decode()


def test_snippet_may_be_cached_and_embedded_by_anybody(client: Client, published: Publication) -> None:
    response = client.get("/s/numonix.js", headers={"Origin": "https://anywhere.example", "Cookie": "a=b"})
    assert response["Cache-Control"].startswith("public, max-age=300, stale-while-revalidate=")
    assert "stale-if-error=" in response["Cache-Control"]
    assert response["Vary"] == "Accept-Encoding"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not response.cookies


def test_snippet_is_the_same_bytes_for_every_visitor(client: Client, published: Publication) -> None:
    plain = client.get("/s/numonix.js").content
    other = client.get("/s/numonix.js", headers={"DNT": "1", "Sec-GPC": "1", "Accept-Language": "de"})
    assert other.content == plain


@pytest.mark.parametrize(
    ("accepted", "encoding", "decode"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip;q=0.5", "gzip", gzip.decompress),
        ("identity", None, bytes),
        ("", None, bytes),
    ],
)
def test_snippet_is_sent_compressed_as_accepted(
    client: Client, published: Publication, accepted: str, encoding: str | None, decode: Any
) -> None:
    plain = client.get("/s/numonix.js").content
    response = client.get("/s/numonix.js", headers={"Accept-Encoding": accepted})
    assert response.get("Content-Encoding") == encoding
    assert decode(response.content) == plain


def test_snippet_revalidates_with_a_strong_etag(client: Client, published: Publication) -> None:
    etags = set()
    for accepted in ("br", "gzip", ""):
        first = client.get("/s/numonix.js", headers={"Accept-Encoding": accepted})
        assert not first["ETag"].startswith("W/")
        again = client.get("/s/numonix.js", headers={"Accept-Encoding": accepted, "If-None-Match": first["ETag"]})
        assert again.status_code == 304
        assert not again.content
        assert again["Cache-Control"] == first["Cache-Control"]
        etags.add(first["ETag"])
    assert len(etags) == 3


def test_snippet_costs_no_query_once_warm(client: Client, published: Publication) -> None:
    client.get("/s/numonix.js")
    with CaptureQueriesContext(connection) as queries:
        client.get("/s/numonix.js")
        client.get("/s/numonix.js", headers={"If-None-Match": '"x"'})
        client.get("/s/unknown.js")
        client.get("/s/unknown.js")
    assert len([q for q in queries if "unknown" in q["sql"]]) <= 1
    assert len(queries) <= 1


def test_worker_serves_the_new_version_after_a_look(client: Client, published: Publication, furnished: Site) -> None:
    live.refresh()
    before = facts_in(client.get("/s/numonix.js").content)["version"]
    add_partner(furnished, "video", "functional")
    second = publish(site=furnished, by="alice", now=NOW + timedelta(days=1), effective_at=NOW)
    assert second
    assert facts_in(client.get("/s/numonix.js").content)["version"] == before
    assert live.refresh()
    assert facts_in(client.get("/s/numonix.js").content)["version"] == second.version.digest
    assert not live.refresh()


def test_worker_learns_of_changed_domains(client: Client, published: Publication, furnished: Site) -> None:
    live.refresh()
    site = live.get_site("numonix")
    assert site
    furnished.domains = clean_domains(["https://new.example"])
    furnished.save()
    assert live.refresh()
    site = live.get_site("numonix")
    assert site
    assert site.domains == ("https://new.example",)


def test_snippet_in_another_language(client: Client, furnished: Site) -> None:
    notice, _ = draft_of(furnished)
    notice.languages = ["en", "de"]
    notice.save()
    publish(site=furnished, by="alice", now=NOW)
    for address in ("/s/numonix.de.js", "/s/numonix.de-AT.js"):
        facts = facts_in(client.get(address).content)
        assert (facts["language"], facts["texts"]["reject_all"]) == ("de", "Alle ablehnen")
    assert client.get("/s/numonix.fr.js").status_code == 404


def test_immutable_address_never_changes(client: Client, published: Publication, furnished: Site) -> None:
    facts = facts_in(client.get("/s/numonix.js").content)
    details = client.get(f"/s/{facts['preferences']}")
    assert details["Cache-Control"] == "public, max-age=31536000, immutable"
    assert {partner["slug"] for partner in facts_in(details.content)["partners"]} == {
        "analytics",
        "chat",
        "ads",
    }
    add_partner(furnished, "video", "functional")
    publish(site=furnished, by="alice", now=NOW + timedelta(days=1))
    live.forget()
    assert client.get(f"/s/{facts['preferences']}").content == details.content
    first = ComposedFile.objects.filter(kind="snippet").order_by("id").first()
    assert first
    assert client.get(f"/s/numonix.{first.digest}.js").content == bytes(first.body)


def test_unknown_site_and_digest_are_404_and_harmless(client: Client, published: Publication) -> None:
    for address in ("/s/nobody.js", f"/s/numonix.{'0' * 64}.js"):
        response = client.get(address)
        assert response.status_code == 404
        assert response.content.startswith(b"console.warn(")


def test_site_without_a_version_gets_a_script_that_says_so(client: Client, site: Site) -> None:
    response = client.get("/s/numonix.js")
    assert response.status_code == 200
    assert b"Nothing is published for numonix yet" in response.content


def test_archived_site_is_unknown(client: Client, published: Publication, furnished: Site) -> None:
    furnished.state = Site.State.ARCHIVED
    furnished.save()
    live.forget()
    assert client.get("/s/numonix.js").status_code == 404


def test_snippet_is_read_only(client: Client, published: Publication) -> None:
    assert client.post("/s/numonix.js").status_code == 405
    assert client.head("/s/numonix.js").status_code == 200


def test_texts_can_not_leave_the_script(client: Client, furnished: Site) -> None:
    notice, _ = draft_of(furnished)
    hostile = "</script><script>alert(1)</script>\u2028&<!--"
    notice.texts = {"en": {"banner_title": hostile}}
    notice.save()
    publish(site=furnished, by="alice", now=NOW)
    body = client.get("/s/numonix.js").content
    assert facts_in(body)["texts"]["banner_title"] == hostile
    data = body.decode().rsplit("\n})(", 1)[1]
    assert not set("<>&\u2028\u2029") & set(data)


def test_script_json_escapes_what_could_end_a_script() -> None:
    value = {"a": "</script>\u2028\u2029&"}
    assert json.loads(script_json(value)) == value
    assert not set("<>&\u2028\u2029") & set(script_json(value))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"ar": "a", "de": "d", "en": "e"}, "a"),
        ({"de": "d", "en": "e", "fr": "f"}, "f"),
        ({"de": "d", "en": "e"}, "e"),
        ({"de": "d"}, "d"),
        ({"ar": "", "de": "d"}, "d"),
        ({}, ""),
    ],
)
def test_missing_translation_is_the_websites_language_then_english(values: dict[str, str], expected: str) -> None:
    assert in_language(values, "ar", "fr") == expected


@pytest.mark.parametrize("where", ["loader", "signal"])
def test_only_a_website_whose_partners_want_a_stub_carries_it(where: str, published: Publication) -> None:
    add_partner(published.site, "meta-pixel", "targeting")
    later = publish(site=published.site, by="test", now=NOW + timedelta(days=1))
    assert later
    payload = json.loads(bytes(later.version.payload))
    assert "stub" not in extras_of(payload, "en")
    partner = payload["partners"][0]
    steps = [["stub", "fbq", "queue"]]
    partner |= {"loader": steps} if where == "loader" else {"signals": [{"name": "meta-consent", "default": steps}]}
    assert "stub" in extras_of(payload, "en")


STRICT_FACTS: dict[str, Any] = {
    "regimes": [{"code": "eu", "grant_days": 180, "refusal_days": 180, "accepts": ["eu"]}],
    "policy": {},
    "partners": [{"slug": "chat", "category": "functional", "added": 1}],
}


def test_where_the_strictest_rule_is_enough_the_smaller_engine_is_sent() -> None:
    assert engine_for(STRICT_FACTS) == "strict"
    assert engine_for({**STRICT_FACTS, "partners": []}) == "strict"
    assert len(engine("strict")) < len(engine("snippet"))


ROWS_BEYOND_STRICT: list[dict[str, Any]] = [
    {"model": "opt_out"},
    {"model": "notice"},
    {"signals": ["gpc"]},
    {"signals": []},
    {"defaults": {"performance": True}},
    {"reach": "sale_or_share"},
    {"first_layer": ["privacy_choices"]},
]
PARTNERS_BEYOND_STRICT: list[dict[str, Any]] = [{"sale_or_share": True}, {"starts_at": 1796000000}]


@pytest.mark.parametrize(
    "facts",
    [
        {"regimes": [*STRICT_FACTS["regimes"], {"code": "us-ca", "grant_days": 180, "refusal_days": 365}]},
        {"policy": {"dnt": "disregard"}},
        {"grace": {"2": 1796000000}},
        {"announce_until": 1796000000},
        *({"regimes": [{**STRICT_FACTS["regimes"][0], **more}]} for more in ROWS_BEYOND_STRICT),
        *(
            {"partners": [*STRICT_FACTS["partners"], {"slug": "ads", "category": "targeting", "added": 1, **more}]}
            for more in PARTNERS_BEYOND_STRICT
        ),
    ],
    ids=str,
)
def test_whatever_goes_beyond_the_strictest_rule_has_the_whole_engine(facts: dict[str, Any]) -> None:
    assert engine_for({**STRICT_FACTS, **facts}) == "snippet"

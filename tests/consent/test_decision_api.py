"""GET …/decision: what is live, as a website needs it to decide by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consent.decision_facts import read_facts
from consent.delivery import live
from consent.models import Publication, SitePolicy
from consent.services.publishing import publish
from cookies.models import Site
from tests.consent.conftest import NOW, add_partner

if TYPE_CHECKING:
    from typing import Any

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/sites/numonix/decision"


def test_decision_facts_are_what_the_platform_decides_by(client: Client, published: Publication) -> None:
    facts, site = read_facts(client.get(ADDRESS).json()), live.get_site("numonix")
    assert site
    assert facts.version == site.deciding
    assert [row.code for row in facts.regimes] == [row.code for row in site.regimes] == ["eu"]
    assert (facts.dnt_policy, facts.languages) == ("honour", ("en",))


def test_decision_facts_follow_a_publication(client: Client, published: Publication) -> None:
    add_partner(published.site, "heatmap", "performance", purposes=["audience_measurement"], sale_or_share=True)
    SitePolicy.objects.update_or_create(site=published.site, defaults={"dnt": "disregard", "regimes": ["eu", "us-ca"]})
    publish(
        site=Site.objects.get(pk=published.site.pk),
        by="alice",
        now=NOW,
        grace_until=NOW + timedelta(days=14),
        announce_until=NOW + timedelta(days=7),
    )
    live.forget()
    body = client.get(ADDRESS).json()
    assert {
        "slug": "heatmap",
        "category": "performance",
        "added": 2,
        "sale_or_share": True,
        "starts_at": 0,
        "runs_unasked": False,
    } in body["version"]["partners"]
    assert [row["code"] for row in body["regimes"]] == ["unknown", "eu", "us-ca"]
    assert body["policy"] == {"dnt": "disregard"}
    assert body["version"]["grace"] == {"2": int((NOW + timedelta(days=14)).timestamp())}
    assert body["version"]["announce_until"] == int((NOW + timedelta(days=7)).timestamp())
    assert len(body["version"]["ordinals"]) == 2


def test_decision_facts_are_public_and_revalidated_cheaply(client: Client, published: Publication) -> None:
    response = client.get(ADDRESS, headers={"Origin": "https://anywhere.example", "Cookie": "a=b"})
    assert response["Cache-Control"].startswith("public, max-age=60, stale-while-revalidate=")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies
    assert not {"Cookie", "Origin", "DNT"} & set(response.get("Vary", "").split(", "))
    # A proxy that compresses makes the tag a weak one.
    for known in (response["ETag"], f'"other", W/{response["ETag"]}'):
        again = client.get(ADDRESS, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", response["ETag"])
        assert again["Access-Control-Allow-Origin"] == "*"
        assert again["Cache-Control"] == response["Cache-Control"]
    assert client.get(ADDRESS, headers={"If-None-Match": '"other"'}).status_code == 200


def test_decision_facts_cost_no_query_once_warm(client: Client, published: Publication) -> None:
    client.get(ADDRESS)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(ADDRESS).status_code == 200
    assert len(queries) == 0


@pytest.mark.parametrize(("key", "code"), [("nobody", "unknown_site"), ("numonix", "nothing_published")])
def test_decision_facts_that_do_not_exist_say_why(client: Client, site: Site, key: str, code: str) -> None:
    response: Any = client.get(f"/api/v1/sites/{key}/decision")
    assert response.status_code == 404
    assert response.json()["error"]["code"] == code
    assert response["Access-Control-Allow-Origin"] == "*"


def test_decision_facts_are_in_the_openapi_document(client: Client) -> None:
    document = client.get("/api/schema/?format=json").json()
    answer = document["paths"]["/api/v1/sites/{key}/decision"]["get"]["responses"]["200"]
    name = answer["content"]["application/json"]["schema"]["$ref"].rsplit("/")[-1]
    assert set(document["components"]["schemas"][name]["properties"]) == {"version", "regimes", "policy", "languages"}

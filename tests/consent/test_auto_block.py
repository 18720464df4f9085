"""Automatic blocking in the composed file: the part and the hosts travel only where a website chose it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from consent.delivery.compose import engine
from consent.models import ComposedFile
from consent.services.drafting import save_policy
from consent.services.publishing import publish
from tests.consent.conftest import NOW, add_partner, answer_for

if TYPE_CHECKING:
    from cookies.models import Site

pytestmark = pytest.mark.django_db


def first_file(site: Site) -> str:
    publication = publish(site=site, by="alice", now=NOW)
    assert publication
    return bytes(ComposedFile.objects.get(publication=publication, kind="snippet", language="en").body).decode()


def partners_in(body: str) -> dict[str, dict[str, Any]]:
    facts, _ = json.JSONDecoder().raw_decode(body.partition("\n})(")[2])
    return {partner["slug"]: partner for partner in facts["partners"]}


def test_part_and_hosts_travel_only_where_it_is_chosen(furnished: Site) -> None:
    furnished.partners.filter(slug="ads").update(hosts=["ads.example", "*.ads.example"])
    body = first_file(furnished)
    assert engine("block").strip() not in body
    assert "ads.example" not in body
    save_policy(site=furnished, auto_block=True)
    body = first_file(furnished)
    assert engine("block").strip() in body
    assert partners_in(body)["ads"]["hosts"] == ["ads.example", "*.ads.example"]


def test_holding_begins_before_any_other_part(furnished: Site) -> None:
    save_policy(site=furnished, auto_block=True, regimes=["eu", "us-ca"], count_impressions=True)
    body = first_file(furnished)
    assert max(body.find(engine(part).strip()) for part in ("snippet", "block")) < body.find(engine("region").strip())


def test_tag_that_loads_before_a_yes_is_marked_as_let_in(furnished: Site) -> None:
    add_partner(furnished, "early", "targeting", hosts=["early.example"], load_mode="signalled")
    answer_for(furnished, "early")
    save_policy(site=furnished, auto_block=True)
    partners = partners_in(first_file(furnished))
    assert partners["early"]["early"] is True
    assert "early" not in partners["ads"]

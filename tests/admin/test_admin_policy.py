"""The policy page: rules by place, promises about changes, counting. Refused at the field, and nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError

from consent.regimes import CHOOSABLE
from consent.services.drafting import save_policy
from consent.services.publishing import draft_of, draft_payload
from cookies.models import Site
from tests.admin.conftest import url
from tests.admin.test_admin_texts import POLICY

if TYPE_CHECKING:
    from django.test import Client

PLACES = {**POLICY, "scope": "places"}


def codes_of(site: Site) -> list[str]:
    return [row["code"] for row in draft_payload(site)["regimes"]]


def test_one_rule_for_everybody_is_the_default(as_alice: Client, site: Site) -> None:
    form = as_alice.get(url("policy", site)).context["form"]
    assert form["scope"].value() == "one"
    assert codes_of(site) == ["eu"]


def test_rules_by_place_are_saved_in_the_tables_order(as_bob: Client, site: Site) -> None:
    sent = {**PLACES, "place_us-ca": "us-ca-opt-in", "place_uk": "uk-statistics", "place_eu": "eu", "place_ch": ""}
    as_bob.post(url("policy", site), sent)
    assert draft_of(site)[1].regimes == ["eu", "uk-statistics", "us-ca-opt-in"]
    assert codes_of(site) == ["unknown", "eu", "uk-statistics", "us-ca-opt-in"]
    form = as_bob.get(url("policy", site)).context["form"]
    assert [form[name].value() for name in ("scope", "place_us-ca", "place_uk", "place_br")] == [
        "places",
        "us-ca-opt-in",
        "uk-statistics",
        "",
    ]


def test_every_row_of_the_table_is_on_offer_with_its_consequence(as_alice: Client, site: Site) -> None:
    form = as_alice.get(url("policy", site)).context["form"]
    offered = {code: str(label) for field in form.places for code, label in field.field.choices if code}
    assert set(offered) == {row.code for row in CHOOSABLE}
    assert all("sy-choice-help" in label for label in offered.values())
    assert "Statistics that stay with the website run at once" in offered["uk-statistics"]


def test_going_back_to_one_rule_forgets_the_places(as_alice: Client, site: Site) -> None:
    save_policy(site=site, regimes=["eu", "us-ca"])
    as_alice.post(url("policy", site), {**POLICY, "place_us-ca": "us-ca"})
    assert draft_of(site)[1].regimes == []


def test_rules_by_place_need_a_place(as_alice: Client, site: Site) -> None:
    answer = as_alice.post(url("policy", site), {**PLACES, "grant_days": "77"})
    assert "at least one place" in answer.context["form"].errors["scope"][0]
    assert 'value="77"' in answer.content.decode()
    assert draft_of(site)[1].regimes == []


def test_code_that_is_not_on_offer_is_refused_and_the_rest_is_kept(as_alice: Client, site: Site) -> None:
    answer = as_alice.post(url("policy", site), {**PLACES, "place_us-ca": "eu", "place_uk": "uk-statistics"})
    form = answer.context["form"]
    assert list(form.errors) == ["place_us-ca"]
    assert form["place_uk"].value() == "uk-statistics"
    assert draft_of(site)[1].regimes == []


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        (["atlantis"], "no such regime"),
        (["unknown"], "no such regime"),
        (["uk", "uk-statistics"], "same place"),
    ],
)
def test_service_refuses_what_the_law_table_refuses(codes: list[str], words: str, site: Site) -> None:
    with pytest.raises(ValidationError) as refused:
        save_policy(site=site, regimes=codes, grace_days=91)
    errors = refused.value.message_dict
    assert words in errors["regimes"][0]
    assert set(errors) == {"regimes", "grace_days"}
    assert draft_of(site)[1].regimes == []


def test_services_refusal_stands_at_the_field(as_alice: Client, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise ValueError("Two regimes are chosen for the same place.")

    monkeypatch.setattr("consent.services.drafting.in_force", refuse)
    answer = as_alice.post(url("policy", site), {**PLACES, "place_eu": "eu"})
    assert "same place" in answer.context["form"].errors["scope"][0]


def test_promises_and_counting_are_saved(as_alice: Client, site: Site) -> None:
    as_alice.post(url("policy", site), {**POLICY, "grace_days": "30", "announce_days": "14", "count_impressions": "on"})
    policy = draft_of(site)[1]
    assert (policy.grace_days, policy.announce_days, policy.count_impressions) == (30, 14, True)
    assert draft_payload(site)["policy"]["count_impressions"] is True
    as_alice.post(url("policy", site), POLICY)
    policy = draft_of(site)[1]
    assert (policy.grace_days, policy.announce_days, policy.count_impressions) == (0, 0, False)


def test_promise_of_more_than_ninety_days_is_refused(as_alice: Client, site: Site) -> None:
    errors = (
        as_alice.post(url("policy", site), {**POLICY, "grace_days": "91", "announce_days": "-1"}).context["form"].errors
    )
    assert set(errors) == {"grace_days", "announce_days"}


def test_page_says_what_holds_where_nobody_chose(as_alice: Client, site: Site) -> None:
    page = as_alice.get(url("policy", site)).content.decode()
    assert "For places that are not chosen, or not known, the strictest rule holds." in page
    assert "asks this server once where it is" in page


def test_server_that_knows_no_places_is_said_so(as_alice: Client, site: Site, settings: Any) -> None:
    def warned() -> bool:
        return "can't tell where a visitor is" in as_alice.get(url("policy", site)).content.decode()

    settings.COUNTRY_HEADER, settings.GEOIP_DATABASE = "", ""
    assert warned()
    settings.COUNTRY_HEADER = "CF-IPCountry"
    assert not warned()
    settings.COUNTRY_HEADER, settings.GEOIP_DATABASE = "", "/var/lib/geoip.mmdb"
    assert not warned()


def test_holding_back_automatically_is_off_until_it_is_chosen(as_alice: Client, site: Site) -> None:
    page = as_alice.get(url("policy", site))
    assert page.context["form"]["auto_block"].value() is False
    assert "must be the first line of the head" in page.content.decode()
    assert "auto_block" not in draft_payload(site)["policy"]
    as_alice.post(url("policy", site), {**POLICY, "auto_block": "on"})
    assert draft_payload(site)["policy"]["auto_block"] is True
    as_alice.post(url("policy", site), POLICY)
    assert "auto_block" not in draft_payload(site)["policy"]


def test_understanding_onetrust_is_off_until_it_is_chosen(as_alice: Client, site: Site) -> None:
    assert as_alice.get(url("policy", site)).context["form"]["onetrust_shim"].value() is False
    as_alice.post(url("policy", site), {**POLICY, "onetrust_shim": "on"})
    assert draft_of(site)[1].onetrust_shim is True
    as_alice.post(url("policy", site), POLICY)
    assert draft_of(site)[1].onetrust_shim is False

"""Which law holds where: every trap of the map."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.places import US_GPC_SINCE, US_STATES, Place, home_of, read_place, regime_of
from consent.regimes import CHOOSABLE, REGIMES, Regime, in_force

TODAY = date(2026, 11, 25)
FOUNDERS = ["BE", "DE", "FR", "IT", "LU", "NL"]
LATER = ["AT", "DK", "ES", "FI", "GR", "IE", "PT", "SE"]
LATEST = ["BG", "CY", "CZ", "EE", "HR", "HU", "LT", "LV", "MT", "PL", "RO", "SI", "SK"]
MEMBERS = [*FOUNDERS, *LATER, *LATEST]
EVERYTHING = ["unknown", "eu", "uk", "ch", "br", "ca-qc", "za", "us-ca", "us-gpc", "us", "world"]


def home(country: str, region: str = "", on: date = TODAY) -> str | None:
    return home_of(read_place(country, region), on=on)


@pytest.mark.parametrize("country", [*MEMBERS, "IS", "LI", "NO"])
def test_members_and_the_economic_area_are_eu(country: str) -> None:
    assert len(MEMBERS) == 27
    assert home(country) == "eu"


@pytest.mark.parametrize("country", ["AX", "GF", "GP", "MQ", "MF", "RE", "YT"])
def test_outermost_regions_and_aland_are_eu(country: str) -> None:
    assert home(country) == "eu"


@pytest.mark.parametrize("country", ["GL", "FO", "PF", "NC", "AW", "CW", "BL", "PM", "SJ", "AD", "MC", "SM", "VA"])
def test_territories_and_neighbours_outside_the_union_are_not_eu(country: str) -> None:
    assert home(country) == "world"


@pytest.mark.parametrize("country", ["GB", "UK", "GI"])
def test_gibraltar_is_uk(country: str) -> None:
    assert home(country) == "uk"


@pytest.mark.parametrize("country", ["IM", "JE", "GG"])
def test_crown_dependencies_are_not_uk(country: str) -> None:
    assert home(country) == "world"


@pytest.mark.parametrize(("country", "expected"), [("CH", "ch"), ("BR", "br"), ("ZA", "za"), ("JP", "world")])
def test_countries_with_a_row_of_their_own(country: str, expected: str) -> None:
    assert home(country) == expected


@pytest.mark.parametrize(
    ("country", "region", "expected"),
    [
        ("CA", "QC", "ca-qc"),
        ("CA", "CA-QC", "ca-qc"),
        ("CA-QC", "", "ca-qc"),
        ("ca-qc", "", "ca-qc"),
        ("CA", "ON", "world"),
        # It may be Quebec: without a province, or with one by a code that is not ISO's.
        ("CA", "", None),
        ("CA", "10", None),
    ],
)
def test_quebec_is_told_from_the_rest_of_canada(country: str, region: str, expected: str | None) -> None:
    assert home(country, region) == expected


@pytest.mark.parametrize(
    ("country", "region", "expected"),
    [
        ("US", "CA", "us-ca"),
        ("US-CA", "", "us-ca"),
        ("us", "us-ca", "us-ca"),
        ("US", "NV", "us"),
        ("US", "DC", "us"),
        ("US", "PR", "us"),
        ("PR", "", "us"),
        ("GU", "", "us"),
        # It may be California: without a state, or with one by a code that is not ISO's.
        ("US", "", None),
        ("US", "06", None),
        ("US", "California", None),
        ("US", "ZZ", None),
    ],
)
def test_states_of_the_usa(country: str, region: str, expected: str | None) -> None:
    assert home(country, region) == expected


@pytest.mark.parametrize("state", sorted(US_GPC_SINCE))
def test_state_binds_gpc_from_the_day_of_its_law(state: str) -> None:
    since = US_GPC_SINCE[state]
    assert home("US", state, on=since) == "us-gpc"
    assert home("US", state, on=date.fromordinal(since.toordinal() - 1)) == "us"


def test_states_whose_law_binds_gpc_today() -> None:
    binding = {state for state in US_STATES if home("US", state) == "us-gpc"}
    assert binding == {"CO", "CT", "DE", "MD", "MN", "MT", "NE", "NH", "NJ", "OR", "TX"}


@pytest.mark.parametrize(
    ("country", "region", "expected"),
    [
        ("de", "", Place("DE")),
        (" DE ", " by ", Place("DE", "BY")),
        ("UK", "", Place("GB")),
        ("EL", "", Place("GR")),
        ("GB", "GB-ENG", Place("GB", "ENG")),
        ("US", "California", Place("US")),
        ("US", "<script>", Place("US")),
    ],
)
def test_place_is_read(country: str, region: str, expected: Place) -> None:
    assert read_place(country, region) == expected


@pytest.mark.parametrize(
    "country",
    ["", " ", "-", "-CA", "D", "DEU", "276", "D3", "XX", "ZZ", "T1", "A1", "A2", "AP", "EU", "ＤＥ", "DE,US", "null"],
)
def test_junk_is_an_unknown_place(country: str) -> None:
    assert read_place(country, "CA") == Place()
    assert home(country, "CA") is None


@pytest.mark.parametrize(
    ("country", "region", "codes", "expected"),
    [
        ("DE", "", EVERYTHING, "eu"),
        ("US", "CA", EVERYTHING, "us-ca"),
        ("US", "", EVERYTHING, "unknown"),
        ("", "", EVERYTHING, "unknown"),
        ("JP", "", EVERYTHING, "world"),
        # Known, but the website has no row for it.
        ("JP", "", ["unknown", "eu", "us-ca"], "unknown"),
        ("US", "TX", ["unknown", "eu", "us-ca"], "unknown"),
        # A website's choice of a variant. The exception for statistics is the United Kingdom's own, not Gibraltar's.
        ("GB", "", ["unknown", "uk-statistics"], "uk-statistics"),
        ("GI", "", ["unknown", "uk-statistics"], "unknown"),
        ("GI", "", ["unknown", "uk"], "uk"),
        ("US", "CA", ["unknown", "us-ca-opt-in"], "us-ca-opt-in"),
        # One regime for everybody.
        ("US", "CA", ["eu"], "eu"),
        ("", "", ["eu"], "eu"),
        # A code that this build does not know any more, in an old version.
        ("DE", "", ["eu", "zz-1999"], "eu"),
        ("BR", "", ["eu", "zz-1999"], "eu"),
    ],
)
def test_regime_of_a_place(country: str, region: str, codes: list[str], expected: str) -> None:
    assert regime_of(read_place(country, region), codes, on=TODAY) == expected


@given(st.text(max_size=8), st.text(max_size=8))
def test_any_header_gives_a_regime_of_the_website(country: str, region: str) -> None:
    codes = [row.code for row in in_force(["eu", "us-ca"], grant_days=180, refusal_days=180)]
    assert regime_of(read_place(country, region), codes, on=TODAY) in codes


@pytest.mark.parametrize("row", CHOOSABLE, ids=[row.code for row in CHOOSABLE])
def test_every_row_on_offer_is_somewhere(row: Regime) -> None:
    places = [*((country, "") for country in (*MEMBERS, "GB", "CH", "BR", "ZA", "JP")), ("CA", "QC")]
    places += [("US", state) for state in US_STATES]
    homes = {home(country, region) for country, region in places}
    assert row.place in homes
    assert REGIMES["unknown"].place not in homes

"""Taking a list over: what is missing is added, what a person wrote stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cookies.cookie_tables import CookieRow
from cookies.models import Cookie, Partner
from cookies.services.catalogue import add_library_partner
from cookies.services.cookie_lists import import_cookies, listed, plan_for

if TYPE_CHECKING:
    from cookies.models import Site

pytestmark = pytest.mark.django_db


@pytest.fixture
def analytics(site: Site) -> Partner:
    return add_library_partner(site=site, library="google-analytics", parameters={"measurement_id": "G-AB12CD34EF"})


def row(name: str = "sid", **facts: Any) -> CookieRow:
    usual = {"number": 2, "lifetime": "session", "purpose": {"en": "Keeps you signed in."}}
    if "partner" not in facts:
        usual["category"] = "functional"
    return CookieRow(name=name, **{**usual, **facts})


def test_missing_cookies_are_added_to_the_website_and_its_partners(site: Site, analytics: Partner) -> None:
    import_cookies(site=site, rows=[row(), row("_ga_new", partner="Google analytics", by_platform=True)])
    assert Cookie.objects.get(site=site, name="sid").own_category == "functional"
    added = Cookie.objects.get(site=site, name="_ga_new")
    assert (added.partner, added.own_category) == (analytics, "")


def test_nothing_that_is_here_is_overwritten(site: Site) -> None:
    import_cookies(site=site, rows=[row()])
    other = row(
        lifetime="2 year", category="targeting", purpose={"en": "Sells you things.", "de": "Hält dich angemeldet."}
    )
    plan = import_cookies(site=site, rows=[other])
    kept = Cookie.objects.get(site=site, name="sid")
    assert (kept.lifetime, kept.own_category) == ("session", "functional")
    # Only a language that had no text got one.
    assert kept.purpose == {"en": "Keeps you signed in.", "de": "Hält dich angemeldet."}
    assert "kept for: session here, 2 year in the file" in plan.filled[0].said
    assert "purpose (en) is worded differently" in plan.filled[0].said


def test_second_time_changes_nothing(site: Site, analytics: Partner) -> None:
    rows = [row(), row("_gx", partner="google-analytics")]
    import_cookies(site=site, rows=rows)
    plan = plan_for(site=site, rows=rows)
    assert not plan.changes_something
    assert len(plan.same) == 2
    assert not plan_for(site=site, rows=listed(site)).changes_something


def test_doubled_faulty_and_foreign_rows_are_left_out_and_said(site: Site) -> None:
    rows = [row(), row(number=3), row("bad", number=4, faults=("It has no name.",)), row("x", partner="Nobody's")]
    plan = import_cookies(site=site, rows=rows)
    assert [planned.said for planned in plan.refused] == ["It stands in row 2 already.", "It has no name."]
    assert plan.foreign == {"Nobody's": 1}
    assert [cookie.name for cookie in site.cookies.all()] == ["sid"]


def test_import_costs_the_same_for_many_rows(site: Site) -> None:
    def queries(names: list[str]) -> int:
        with CaptureQueriesContext(connection) as seen:
            import_cookies(site=site, rows=[row(name) for name in names])
        return len(seen)

    assert queries(["a"]) == queries([f"n{number}" for number in range(90)])

"""The page of numbers: what it says, what it hides, and what leaves it as a table."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from consent.models import Counted
from consent.models.statistics import add_counts
from cookies.admin.pages import page_url
from tests.admin.conftest import queries_of, url

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from consent.models import Publication

pytestmark = pytest.mark.django_db
USUAL = {"accept_all": 100, "custom": 40, "reject_all": 60, "grant_performance": 120}


@pytest.fixture
def happened(published: Publication) -> Callable[..., None]:
    def add(outcomes: dict[str, int], *, back: int = 0, **kind: Any) -> None:
        facts: dict[str, Any] = {
            "site_id": published.site_id,
            "day": timezone.now().date() - timedelta(days=back),
            "version_id": published.version_id,
            "regime": "eu",
            "language": "en",
            "device_class": "phone",
            "country": "DE",
            **kind,
        }
        add_counts({Counted(**facts, outcome=outcome): count for outcome, count in outcomes.items()})

    return add


def text(client: Client, published: Publication, query: str = "") -> str:
    answer = client.get(url("numbers", published.site) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def rows(client: Client, published: Publication, query: str) -> list[list[str]]:
    answer = client.get(url("numbers-csv", published.site) + query)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_page_without_numbers_says_what_to_do(as_alice: Client, published: Publication) -> None:
    page = text(as_alice, published)
    assert "Nothing counted in these days" in page
    assert "data-sy-chart" not in page


def test_page_tells_the_rate_with_its_interval_and_number(
    as_alice: Client, published: Publication, happened: Callable[..., None]
) -> None:
    happened(USUAL)
    happened(USUAL, back=40)
    page = text(as_alice, published)
    assert ">70 %<" in page
    assert "95 % sure: 63–76 %, of 200" in page
    assert "the same as before" in page
    assert "about 60 %" in page


def test_page_says_what_cannot_be_known_without_visits(
    as_alice: Client, published: Publication, happened: Callable[..., None]
) -> None:
    happened(USUAL)
    page = text(as_alice, published)
    assert "Visits are not counted on this website." in page
    assert url("policy", published.site) in page
    assert "of the visits with a banner" not in page
    happened({"impression": 900, "asked": 400})
    page = text(as_alice, published)
    assert "Visits are not counted" not in page
    assert "of the visits with a banner were answered" in page


def test_every_chart_has_its_table_and_draws_only_what_that_tells(
    as_alice: Client, published: Publication, happened: Callable[..., None]
) -> None:
    for back in range(20):
        happened(USUAL, back=back)
    happened({"accept_all": 30, "reject_all": 20, "custom": 3}, country="FR")
    context = as_alice.get(url("numbers", published.site)).context
    assert {chart["id"] for chart in context["charts"]["charts"]} == {"share", "answers", "country"}
    assert {view["id"] for view in context["views"]} == {
        "time",
        "language",
        "country",
        "device_class",
        "version",
        "regime",
    }
    page = text(as_alice, published)
    data = page.partition('<script id="sy-charts" type="application/json">')[2].partition("</script>")[0]
    france = next(
        point for chart in json.loads(data)["charts"] for point in chart["points"] if point["label"] == "France"
    )
    assert (france["some"], france["n"]) == (None, 53)
    assert "fewer than 10" in page
    assert page.count("<table") == 6


def test_file_shows_what_the_page_shows_and_hides_the_same(
    as_alice: Client, published: Publication, happened: Callable[..., None]
) -> None:
    happened({"accept_all": 100, "custom": 3, "reject_all": 60}, language="de")
    happened({"accept_all": 200, "custom": 40, "reject_all": 90})
    found = rows(as_alice, published, "?table=language")
    assert found[0][:5] == ["Language", "Answers", "Accepted all", "Chose some", "Refused"]
    assert found[1][1:5] == ["330", "200", "hidden", "hidden"]
    assert found[2][1:5] == ["163", "100", "fewer than 10", "hidden"]
    assert found[3][:5] == ["All", "493", "300", "43", "150"]
    shown = {view["id"]: view for view in as_alice.get(url("numbers", published.site)).context["views"]}
    for line, row in zip(found[1:], [*shown["language"]["rows"], shown["language"]["total"]], strict=True):
        assert line[1:5] == [value for _, _, value in row["cells"][:4]]


@pytest.mark.parametrize("language", ["=cmd|' /C calc'!A", "@SUM(1)", "+1", "-1"])
def test_file_holds_no_formula(
    as_alice: Client, published: Publication, happened: Callable[..., None], language: str
) -> None:
    happened(USUAL, language=language[:16], regime=language[:16])
    for table in ("language", "regime"):
        cells = [cell for line in rows(as_alice, published, f"?table={table}") for cell in line]
        assert not [cell for cell in cells if cell.startswith(("=", "@", "+", "-"))]


@pytest.mark.parametrize(
    "query", ["?range=custom&first=2026-12-01&last=2026-01-01", "?range=decade", "?range=custom&first=x&last=%00"]
)
def test_wrong_range_is_told_and_shows_the_usual_one(as_alice: Client, published: Publication, query: str) -> None:
    page = text(as_alice, published, query)
    assert 'role="alert"' in page
    assert "Below are the last 30 days." in page
    assert as_alice.get(url("numbers-csv", published.site) + query).status_code == 400


def test_unknown_table_is_not_found(as_alice: Client, published: Publication) -> None:
    assert as_alice.get(url("numbers-csv", published.site) + "?table=visitors").status_code == 404


def test_viewer_sees_numbers_and_is_not_sent_where_they_may_not_go(
    browse: Callable[[str], Client], published: Publication, happened: Callable[..., None]
) -> None:
    happened(USUAL)
    page = text(browse("vera"), published)
    assert "Visits are not counted" in page
    assert page_url(published.site, "policy") not in page


def test_queries_of_the_page_do_not_grow(
    as_alice: Client, published: Publication, happened: Callable[..., None]
) -> None:
    where = url("numbers", published.site) + "?range=all"
    happened(USUAL, back=700)
    before = queries_of(as_alice, where)
    for back in range(0, 700, 31):
        for country in ("DE", "FR", "AT"):
            happened(USUAL, back=back, country=country, language=("en", "de")[back % 2])
    assert queries_of(as_alice, where) == before

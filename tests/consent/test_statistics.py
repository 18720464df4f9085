"""The numbers of a website: defined as said, read from counters only, and small groups hidden."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent.models import Counted, DailyStatistic, DailyTotal, MonthlyTotal, Publication
from consent.models.statistics import add_counts
from consent.ranges import Range
from consent.reports.statistics import Cell, consent_sparkline, first_counted, numbers
from consent.services.publishing import publish
from cookies.models import Site

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
WEEK = Range(DAY - timedelta(days=6), DAY)


@pytest.fixture
def happened(published: Publication) -> Callable[..., None]:
    """Adds to the counters: `happened({"accept_all": 40}, day=…, country="DE")`."""

    def add(outcomes: dict[str, int], **kind: Any) -> None:
        facts: dict[str, Any] = {
            "site_id": published.site_id,
            "day": DAY,
            "version_id": published.version_id,
            "regime": "eu",
            "language": "en",
            "device_class": "phone",
            "country": "DE",
            **kind,
        }
        add_counts({Counted(**facts, outcome=outcome): count for outcome, count in outcomes.items()})

    return add


def test_rates_are_what_their_definitions_say(happened: Callable[..., None], published: Publication) -> None:
    happened({"impression": 1000, "asked": 400, "accept_all": 120, "custom": 30, "reject_all": 90, "custom_none": 10})
    happened({"grant_performance": 140, "grant_functional": 130, "grant_targeting": 121})
    happened({"withdraw": 12, "by_program": 500, "unproven_grant": 11, "signal_gpc": 70, "embed_unlock": 3})
    found = numbers(published.site, days=WEEK).now
    total = found.total
    cells = (total.accepted, total.some, total.refused, total.answers, total.asked, total.no_choice)
    assert [cell.value for cell in cells] == [120, 30, 100, 250, 400, 150]
    rates = (total.consent, found.interaction, found.consent_of_all, found.tracking_loss)
    assert [rate and (rate.share, rate.n, rate.step) for rate in rates] == [
        (150 / 250, 250, 0),
        (250 / 400, 400, 0),
        (150 / 400, 400, 0),
        (250 / 400, 400, 0),
    ]
    # 250 people: five points are the finest step that is ten of them.
    shares = {code: rate and (round(rate.share * 100), rate.step) for code, rate in total.categories.items()}
    assert shares == {"performance": (55, 5), "functional": (50, 5), "targeting": (50, 5)}
    assert (found.visits.value, found.withdrawn.value, found.by_program.value) == (1000, 12, 500)
    assert (found.unproven.value, found.signals["gpc"].value) == (11, 70)
    assert (found.unlocked, found.signals["dnt"]) == (Cell(None, "few"), Cell(None, "few"))


def test_without_counted_visits_nobody_knows_who_did_not_answer(
    happened: Callable[..., None], published: Publication
) -> None:
    happened({"accept_all": 60, "reject_all": 40, "custom": 20})
    found = numbers(published.site, days=WEEK).now
    assert found.total.consent
    assert (found.interaction, found.consent_of_all, found.tracking_loss) == (None, None, None)
    assert (found.total.asked.why, found.total.no_choice.why) == ("unknown", "unknown")


def test_shares_of_visits_are_about_the_days_on_which_these_were_counted(
    happened: Callable[..., None], published: Publication
) -> None:
    happened({"accept_all": 500, "reject_all": 400, "custom": 50}, day=DAY - timedelta(days=1))
    happened({"asked": 1000, "accept_all": 300, "reject_all": 200, "custom": 50})
    found = numbers(published.site, days=WEEK).now
    assert (found.days_counted, found.days_answered) == (1, 2)
    assert found.interaction
    assert (found.interaction.n, round(found.interaction.share, 2)) == (1000, 0.55)
    assert found.total.asked.why == "unknown"


def test_previous_period_is_as_long_and_apart(happened: Callable[..., None], published: Publication) -> None:
    happened({"accept_all": 80, "reject_all": 20}, day=WEEK.first - timedelta(days=1))
    happened({"accept_all": 90, "reject_all": 30}, day=WEEK.first)
    happened({"accept_all": 999}, day=WEEK.first - timedelta(days=8))
    found = numbers(published.site, days=WEEK)
    assert found.before
    assert (found.now.total.answers.value, found.before.total.answers.value) == (120, 100)
    assert numbers(published.site, days=WEEK, compared=False).before is None


def test_kinds_are_divided_and_small_ones_told_together(happened: Callable[..., None], published: Publication) -> None:
    for country, n in (("DE", 100), ("FR", 40), ("MT", 1), ("LU", 1), ("", 15)):
        happened({"accept_all": n, "reject_all": n, "custom": n}, country=country)
    table = numbers(published.site, days=WEEK).table("country")
    assert table
    assert [(row.key, row.together, row.answers.value) for row in table.rows] == [
        ("DE", 1, 300),
        ("FR", 1, 120),
        # Malta and Luxembourg are fewer than ten even together, so the next smallest is told with them.
        ("", 3, 51),
    ]


def test_small_cell_is_hidden_with_what_would_give_it_away(
    happened: Callable[..., None], published: Publication
) -> None:
    happened({"accept_all": 100, "custom": 3, "reject_all": 60}, language="de")
    happened({"accept_all": 200, "custom": 40, "reject_all": 90}, language="en")
    table = numbers(published.site, days=WEEK).table("language")
    assert table
    english, german = table.rows
    assert (german.key, german.some, german.refused) == ("de", Cell(None, "few"), Cell(None, "hidden"))
    assert (german.accepted.value, german.answers.value) == (100, 163)
    assert (english.some, english.refused) == (Cell(None, "hidden"), Cell(None, "hidden"))
    # The share of those who said yes would tell how many refused: it is rounded.
    assert german.consent
    assert german.consent.step == 10


def test_fewer_than_ten_answers_are_divided_by_nothing(happened: Callable[..., None], published: Publication) -> None:
    happened({"accept_all": 5, "reject_all": 4})
    found = numbers(published.site, days=WEEK)
    assert found.now.total.answers == Cell(None, "few")
    assert found.now.total.consent is None
    assert not any(table.rows for table in (found.over_time, *found.by_kind))


def test_months_and_days_add_up_to_the_same(happened: Callable[..., None], published: Publication) -> None:
    """Whole months are read from their own counters: nothing may be counted twice or not at all."""
    days = Range(date(2026, 1, 15), date(2026, 11, 20))
    for offset in range(0, days.days, 5):
        happened({"accept_all": 20, "custom": 15, "reject_all": 30}, day=days.first + timedelta(days=offset))
    happened({"accept_all": 1_000}, day=days.first - timedelta(days=1))
    happened({"accept_all": 1_000}, day=days.last + timedelta(days=1))
    found = numbers(published.site, days=days)
    for table in found.by_kind:
        assert [row.answers.value for row in table.rows] == [found.now.total.answers.value]
    assert found.now.total.answers.value == 62 * 65
    assert MonthlyTotal.objects.values("day").distinct().count() == 11
    # Nothing is read from the days of a whole month.
    DailyStatistic.objects.filter(day__range=(date(2026, 2, 1), date(2026, 10, 31))).delete()
    assert numbers(published.site, days=days).by_kind == found.by_kind


def test_totals_are_those_of_all_kinds_of_visitors(happened: Callable[..., None]) -> None:
    for language, country in (("de", "DE"), ("en", "DE"), ("en", "")):
        happened({"accept_all": 20, "reject_all": 30}, language=language, country=country)
    totals = DailyTotal.objects.order_by("outcome").values_list("outcome", "count")
    assert list(totals) == [("accept_all", 60), ("reject_all", 90)]
    assert DailyStatistic.objects.count() == 6


def test_other_websites_are_not_counted_in(
    happened: Callable[..., None], published: Publication, mallory_site: Site
) -> None:
    happened({"accept_all": 50, "reject_all": 50})
    happened({"accept_all": 500}, site_id=mallory_site.pk)
    assert numbers(published.site, days=WEEK).now.total.answers.value == 100


def test_new_version_is_marked_on_its_day(happened: Callable[..., None], published: Publication) -> None:
    happened({"accept_all": 500, "reject_all": 500})
    published.site.name = "Another"
    published.site.save()
    assert publish(site=published.site, by="alice", now=datetime(2026, 11, 24, 9, tzinfo=UTC))
    found = numbers(published.site, days=Range(date(2026, 11, 1), date(2026, 11, 25)))
    assert [(marker.ordinal, marker.day.day) for marker in found.markers] == [(1, 22), (2, 24)]


def test_number_of_queries_does_not_grow_with_what_was_counted(
    happened: Callable[..., None], published: Publication
) -> None:
    days = Range(date(2024, 1, 5), DAY)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            numbers(published.site, days=days)
            first_counted(published.site)
        return len(queries)

    happened({"accept_all": 50})
    before = asked()
    for at, country in enumerate(("DE", "FR", "AT", "CH", "US", "NL")):
        for language in ("en", "de", "fr"):
            happened(
                {"accept_all": 20, "asked": 9}, country=country, language=language, day=DAY - timedelta(days=99 * at)
            )
    assert asked() == before <= 13


def test_no_event_is_read_for_numbers(happened: Callable[..., None], published: Publication) -> None:
    happened({"accept_all": 50})
    with CaptureQueriesContext(connection) as queries:
        numbers(published.site, days=WEEK)
        consent_sparkline([published.site], datetime(2026, 11, 20, tzinfo=UTC))
    assert not [query for query in queries if "consent_consentevent" in query["sql"]]


def test_sparkline_answers_for_many_websites_with_one_query(
    happened: Callable[..., None], published: Publication, mallory_site: Site
) -> None:
    for back in range(30):
        day = DAY - timedelta(days=back)
        happened({"accept_all": 60, "reject_all": 40}, day=day)
    happened({"accept_all": 5}, site_id=mallory_site.pk)
    with CaptureQueriesContext(connection) as queries:
        lines = consent_sparkline([published.site, mallory_site], datetime(2026, 11, 20, 23, tzinfo=UTC))
    assert len(queries) == 1
    own, other = lines[published.site_id], lines[mallory_site.pk]
    assert own.rate
    assert (own.rate.share, own.rate.n, len(own.points)) == (0.6, 3_000, 30)
    assert len(own.lines()) == 1
    assert len(own.lines()[0].split()) == 30
    assert (other.rate, other.lines()) == (None, [])

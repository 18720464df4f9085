"""The page of A/B tests: what would be compared, beginning and stopping, and what is told when."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from consent.models import Counted, Experiment, Notice
from consent.models.statistics import add_counts
from consent.services.experiments import start_experiment, stop_experiment
from consent.services.publishing import publish
from cookies.models import Site
from tests.admin.conftest import queries_of, url
from tests.admin.test_admin_publishing import add_youtube, said

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture
def redesigned(catalogue: Site) -> Site:
    """Published two months ago, with another look in the draft since."""
    assert publish(site=catalogue, by="alice", now=timezone.now() - timedelta(days=60))
    Notice.objects.create(site=catalogue, languages=["en"], layout="bar")
    return catalogue


def began(site: Site, *, days_ago: int = 30) -> Experiment:
    """A test of ten days."""
    now = timezone.now() - timedelta(days=days_ago)
    return start_experiment(site=site, by="pia", now=now, last_day=now.date() + timedelta(days=10), share=50)


def answered(experiment: Experiment, variant: str, yes: int, no: int) -> None:
    arm = experiment.arms.get(variant=variant)
    day = experiment.publication.effective_at.date()
    counts = {"accept_all": yes, "reject_all": no}
    kind = (experiment.site_id, day, arm.version_id, "eu", "en", "phone", "DE")
    add_counts({Counted(*kind, outcome, variant): count for outcome, count in counts.items()})


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_publisher_starts_a_test_of_what_the_page_showed(as_pia: Client, redesigned: Site) -> None:
    page = as_pia.get(url("ab-test", redesigned))
    assert page.context["may_start"]
    assert page.context["sentences"] == ["The appearance of the banner changed."]
    last_day = timezone.now().date() + timedelta(days=14)
    form = {"draft": page.context["digest"], "last_day": last_day.isoformat(), "share": "30", "reason": "A bar?"}
    answer = as_pia.post(url("ab-test", redesigned), form)
    assert said(answer).startswith("The test runs.")
    experiment = Experiment.objects.get()
    assert [(arm.variant, arm.share) for arm in experiment.arms.all()] == [("1a", 70), ("1b", 30)]
    assert (experiment.publication.published_by, experiment.publication.reason) == ("pia", "A bar?")
    written = LogEntry.objects.get().change_message
    assert written.startswith("Started A/B test 1: version 2 on 30 of a hundred page views, version 1 on the others")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"share": "5"}, "greater than or equal to 10"),
        ({"last_day": "2020-01-01"}, "a test holds every day of the week"),
        ({"last_day": "soon"}, "Enter a valid date"),
        ({"draft": "0" * 64}, "The draft has changed since you opened this page"),
    ],
)
def test_what_can_not_be_is_said_and_nothing_is_lost(
    typed: dict[str, str], sentence: str, as_pia: Client, redesigned: Site
) -> None:
    form = {"last_day": (timezone.now().date() + timedelta(days=14)).isoformat(), "share": "50", "reason": "Why not"}
    answer = as_pia.post(url("ab-test", redesigned), {**form, **typed})
    assert sentence in words(answer)
    assert "Why not" in words(answer)
    assert not Experiment.objects.exists()


def test_draft_that_changes_more_than_the_banner_is_told_where_it_is_mended(as_pia: Client, redesigned: Site) -> None:
    add_youtube(redesigned)
    page = as_pia.get(url("ab-test", redesigned))
    assert "also changes:" in page.context["fault"]
    assert not page.context["may_start"]
    assert url("compare", redesigned) in words(page)


def test_draft_that_the_check_blocks_can_not_be_tested(as_pia: Client, redesigned: Site) -> None:
    Notice.objects.filter(site=redesigned).update(brand_text_colour="#1d4ed8")
    page = as_pia.get(url("ab-test", redesigned))
    assert [row.finding.code for row in page.context["blocked"]] == ["contrast"]
    assert not page.context["may_start"]


def test_editor_reads_and_does_not_start(as_bob: Client, redesigned: Site) -> None:
    assert "Changing it takes another role" in words(as_bob.get(url("ab-test", redesigned)))
    assert as_bob.post(url("ab-test", redesigned), {}).status_code == 403


def test_running_test_tells_nothing_to_compare(as_pia: Client, redesigned: Site) -> None:
    experiment = began(redesigned, days_ago=3)
    answered(experiment, "1a", 40, 60)
    answered(experiment, "1b", 50, 50)
    page = words(as_pia.get(url("ab-test", redesigned)))
    assert '200 <span class="sy-soft">to both together' in page
    assert "Said yes" not in page
    numbers = words(as_pia.get(url("numbers", redesigned)))
    assert "Versions 1 and 2, in a test" in numbers
    csv = as_pia.get(url("numbers-csv", redesigned), {"table": "version"}).content.decode()
    assert '"Versions 1 and 2, in a test",200' in csv


def test_publishers_stop_a_test_and_the_log_says_why(as_pia: Client, as_bob: Client, redesigned: Site) -> None:
    experiment = began(redesigned, days_ago=3)
    assert as_bob.post(url("ab-test-stop", redesigned)).status_code == 404
    answer = as_pia.post(url("ab-test-stop", redesigned), {"reason": "Too loud."})
    assert said(answer).startswith("The test is over.")
    assert redesigned.publications.latest("id").version == experiment.publication.version
    assert LogEntry.objects.get().change_message == "Stopped the A/B test before its end. Too loud."
    assert "No result" in words(as_pia.get(url("ab-test", redesigned)))
    assert said(as_pia.post(url("ab-test-stop", redesigned))) == "No test is running."


@pytest.mark.parametrize(
    ("first", "second", "finding", "has_winner"),
    [
        ((400, 600), (500, 500), "More people said yes to banner B.", True),
        ((500, 500), (400, 600), "More people said yes to banner A.", False),
        ((500, 500), (505, 495), "No difference between the banners could be shown.", False),
        ((50, 50), (5, 4), "No result: so few people answered one of the banners", False),
    ],
)
def test_ended_test_says_what_came_of_it_and_publishes_nothing(
    first: tuple[int, int], second: tuple[int, int], finding: str, has_winner: bool, as_pia: Client, redesigned: Site
) -> None:
    experiment = began(redesigned)
    answered(experiment, "1a", *first)
    answered(experiment, "1b", *second)
    answer = as_pia.get(url("ab-test", redesigned))
    assert answer.context["finished"][0]["finding"].startswith(finding)
    page = words(answer)
    assert ("Look at version 2 and publish it" in page) is has_winner
    assert redesigned.publications.latest("id").version.ordinal == 1


def test_difference_is_said_with_its_interval(as_pia: Client, redesigned: Site) -> None:
    experiment = began(redesigned)
    answered(experiment, "1a", 400, 600)
    answered(experiment, "1b", 500, 500)
    page = words(as_pia.get(url("ab-test", redesigned)))
    assert "Of a hundred who answered, 10.0 more said yes to banner B than to banner A" in page
    assert "(95 % sure: between 4.6 more and 15.3 more)" in page


def test_second_banner_is_published_by_a_person_on_its_own_page(as_pia: Client, redesigned: Site) -> None:
    began(redesigned)
    page = words(as_pia.get(url("version", redesigned, 2)))
    assert "In A/B test 1, as <code" in page
    assert "Publish version 2</button>" in page
    assert "Tested" in words(as_pia.get(url("versions", redesigned)))
    as_pia.post(url("version-again", redesigned, 2), {"reason": "It won."})
    assert redesigned.publications.latest("id").version.ordinal == 2


def test_publishing_says_that_it_ends_a_running_test(as_pia: Client, redesigned: Site) -> None:
    began(redesigned, days_ago=3)
    assert "A/B test 1 is running. Publishing ends it" in words(as_pia.get(url("publish", redesigned)))
    assert "It ends with this, without a result." in words(as_pia.get(url("version", redesigned, 2)))
    stop_experiment(site=redesigned, by="pia", now=timezone.now())
    assert "A/B test 1 is running" not in words(as_pia.get(url("publish", redesigned)))


def test_page_says_what_a_test_could_show(as_pia: Client, redesigned: Site) -> None:
    assert "Too few people answered in the last four weeks" in words(as_pia.get(url("ab-test", redesigned)))
    day = timezone.now().date() - timedelta(days=2)
    kind = (redesigned.pk, day, redesigned.versions.get().pk, "eu", "en", "phone", "DE")
    add_counts({Counted(*kind, "accept_all"): 1400, Counted(*kind, "reject_all"): 1400})
    assert as_pia.get(url("ab-test", redesigned)).context["prospects"] == [
        ("7 days", "700", "7.4 of a hundred"),
        ("14 days", "1,400", "5.2 of a hundred"),
        ("28 days", "2,800", "3.7 of a hundred"),
    ]


def test_page_costs_no_more_queries_with_more_counters(as_pia: Client, redesigned: Site) -> None:
    experiment = began(redesigned)
    answered(experiment, "1a", 400, 600)
    few = queries_of(as_pia, url("ab-test", redesigned))
    for back in range(1, 20):
        day = timezone.now().date() - timedelta(days=back)
        arm = experiment.arms.get(variant="1b")
        kind = (redesigned.pk, day, arm.version_id, "eu", "en", "phone", "DE")
        add_counts({Counted(*kind, "accept_all", "1b"): 20})
    assert queries_of(as_pia, url("ab-test", redesigned)) == few

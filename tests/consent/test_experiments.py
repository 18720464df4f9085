"""A test of two banners: what may stand beside what, how it begins and ends, and who is asked again: nobody."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError

from consent.append_only import EvidenceIsFinal
from consent.consent_cookie import StoredChoice
from consent.deciding import deciding_regimes, deciding_version
from consent.decisions import decide
from consent.delivery import live
from consent.delivery.compose import FIRST_VIEW_KEYS
from consent.experiments import banner_fault, day_fault, ends_at, last_day, phase_of, share_fault, verdict
from consent.models import ConsentEvent, Counted, DailyStatistic, DailyTotal, Notice, SitePolicy
from consent.models.statistics import add_counts
from consent.privacy_signals import Signals
from consent.ranges import Range
from consent.rates import Difference
from consent.reports.experiments import outcomes, variants_in_test
from consent.reports.statistics import numbers
from consent.services.experiments import running_experiment, start_experiment, stop_experiment
from consent.services.publishing import draft_payload, live_publication, publish, put_live, schedule_of, version_of
from consent.services.reviewing import decide_review, request_review
from tests.consent.conftest import NOW, ORIGIN, add_partner

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from consent.models import Experiment, Publication
    from cookies.models import Site

TODAY = NOW.date()
LAST_DAY = TODAY + timedelta(days=14)
END = datetime(2026, 12, 7, tzinfo=UTC)


def redesign(site: Site, **changes: Any) -> None:
    """Another look and another title in the draft."""
    Notice.objects.update_or_create(
        site=site,
        defaults={
            "languages": ["en"],
            "layout": "bar",
            "texts": {"en": {"banner_title": "May we count visits?"}},
            **changes,
        },
    )


def start(site: Site, **changes: Any) -> Experiment:
    return start_experiment(**{"site": site, "by": "pia", "now": NOW, "last_day": LAST_DAY, "share": 50, **changes})


@pytest.fixture
def running(published: Publication) -> Experiment:
    redesign(published.site)
    return start(published.site)


# ---- rules


def test_test_ends_with_its_last_day() -> None:
    assert ends_at(LAST_DAY) == END
    assert last_day(END) == LAST_DAY


@pytest.mark.parametrize(("days", "is_fault"), [(6, True), (7, False), (90, False), (91, True)])
def test_test_lasts_a_week_at_least_and_ninety_days_at_most(days: int, is_fault: bool) -> None:
    today = date(2026, 11, 22)
    assert bool(day_fault(today + timedelta(days=days), today=today)) is is_fault


@pytest.mark.parametrize(
    ("shares", "is_fault"),
    [((50, 50), False), ((90, 10), False), ((95, 5), True), ((50, 40), True), ((30, 30, 40), True), ((100,), True)],
)
def test_shares_are_two_and_add_up(shares: tuple[int, ...], is_fault: bool) -> None:
    assert bool(share_fault(shares)) is is_fault


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(0.01, 0.1, "second"), (-0.1, -0.01, "first"), (-0.02, 0.05, "neither")]
)
def test_verdict_needs_an_interval_without_zero(low: float, high: float, expected: str) -> None:
    assert verdict(Difference((low + high) / 2, low, high)) == expected


def test_verdict_is_unknown_where_too_little_may_be_told() -> None:
    assert verdict(None) == "unknown"


def test_phase_is_stopped_only_by_what_came_before_the_end() -> None:
    early, late = END - timedelta(days=1), END + timedelta(days=1)
    assert phase_of(now=early, end=END, replaced_at=None) == "running"
    assert phase_of(now=early, end=END, replaced_at=END - timedelta(days=2)) == "stopped"
    assert phase_of(now=late, end=END, replaced_at=END - timedelta(days=2)) == "stopped"
    assert phase_of(now=END, end=END, replaced_at=None) == "ended"
    assert phase_of(now=late, end=END, replaced_at=END) == "ended"


@pytest.mark.django_db
def test_banners_differ_in_look_and_their_own_words_only(published: Publication) -> None:
    control = draft_payload(published.site)
    fault_of = lambda other: banner_fault(control, other, banner_texts=FIRST_VIEW_KEYS)  # noqa: E731
    own = {**control["texts"]["en"], "banner_title": "May we?"}
    others = {**control["texts"]["en"], "save": "Keep"}
    assert "already" in fault_of(dict(control))
    assert not fault_of({**control, "appearance": {**control["appearance"], "radius": 2}})
    assert not fault_of({**control, "texts": {"en": own}})
    assert "texts beyond" in fault_of({**control, "texts": {"en": others}})
    assert "partners" in fault_of({**control, "partners": control["partners"][1:]})
    assert "policy" in fault_of({**control, "policy": {**control["policy"], "dnt": "disregard"}})
    # A member that a later version brings is not the banner's either.
    assert fault_of({**control, "something": 1})


# ---- beginning and ending


@pytest.mark.django_db
def test_start_shows_the_draft_beside_what_is_live(published: Publication, running: Experiment) -> None:
    arms = [(arm.variant, arm.version.ordinal, arm.share) for arm in running.arms.all()]
    assert arms == [("1a", 1, 50), ("1b", 2, 50)]
    assert (running.ends_at, running.number, running.publication.version) == (END, 1, published.version)
    assert running_experiment(published.site, now=NOW) == running


@pytest.mark.django_db
def test_test_ends_by_itself_with_the_first_banner(published: Publication, running: Experiment) -> None:
    assert running_experiment(published.site, now=END - timedelta(seconds=1))
    assert running_experiment(published.site, now=END) is None
    shown = live_publication(published.site, now=END)
    assert shown
    assert shown.version == published.version


@pytest.mark.django_db
def test_stop_publishes_the_first_banner_alone(published: Publication, running: Experiment) -> None:
    later = NOW + timedelta(days=2)
    publication = stop_experiment(site=published.site, by="pia", now=later, reason="Too loud.")
    assert (publication.version, publication.reason) == (published.version, "Too loud.")
    assert running_experiment(published.site, now=later) is None
    with pytest.raises(ValidationError, match="No test is running"):
        stop_experiment(site=published.site, by="pia", now=later)


@pytest.mark.django_db
def test_publishing_anything_ends_the_test(published: Publication, running: Experiment) -> None:
    redesign(published.site, radius=3)
    assert publish(site=published.site, by="pia", now=NOW + timedelta(days=1))
    assert running_experiment(published.site, now=NOW + timedelta(days=1)) is None


@pytest.mark.django_db
def test_arms_and_tests_are_evidence(running: Experiment) -> None:
    for row in (running, running.arms.get(variant="1a")):
        with pytest.raises(EvidenceIsFinal):
            row.delete()
        with pytest.raises(EvidenceIsFinal):
            row.save()


@pytest.mark.django_db
def test_one_test_at_a_time(published: Publication, running: Experiment) -> None:
    redesign(published.site, radius=3)
    with pytest.raises(ValidationError, match="running already"):
        start(published.site)
    stop_experiment(site=published.site, by="pia", now=NOW)
    assert [arm.variant for arm in start(published.site, now=NOW).arms.all()] == ["2a", "2b"]


@pytest.mark.django_db
def test_start_refuses_what_publishing_refuses(published: Publication) -> None:
    redesign(published.site, brand_text_colour="#1d4ed8")
    with pytest.raises(ValidationError, match="stand out"):
        start(published.site)
    redesign(published.site, texts={"en": {"reject_all": "Accept all"}})
    with pytest.raises(ValidationError, match="has to say that it refuses"):
        start(published.site)
    assert published.site.versions.count() == 1


@pytest.mark.django_db
def test_start_refuses_a_live_banner_that_would_not_pass_today(published: Publication) -> None:
    # What is live came another way, or before the rule.
    payload = draft_payload(published.site)
    faint = {**payload, "appearance": {**payload["appearance"], "brand_text_colour": "#1d4ed8"}}
    put_live(version=version_of(published.site, faint, now=NOW), by="pia", now=NOW)
    redesign(published.site)
    with pytest.raises(ValidationError, match="stand out"):
        start(published.site)


@pytest.mark.django_db
def test_start_waits_for_a_reviewer_where_one_has_to_look(published: Publication) -> None:
    site = published.site
    SitePolicy.objects.update_or_create(site=site, defaults={"four_eyes": True})
    redesign(site)
    with pytest.raises(ValidationError, match="reviewer has to approve"):
        start(site)
    review = request_review(site=site, by="bob", now=NOW)
    decide_review(site=site, review_id=review.pk, approved=True, by="rita", now=NOW)
    assert start(site)


@pytest.mark.django_db
def test_start_refuses_other_days_shares_and_drafts(published: Publication) -> None:
    redesign(published.site)
    for changes, words in (
        ({"last_day": NOW.date()}, "every day of the week"),
        ({"share": 95}, "of a hundred page views"),
        ({"looked_at": "0" * 64}, "has changed since"),
    ):
        with pytest.raises(ValidationError, match=words):
            start(published.site, **changes)
    add_partner(published.site, "maps", "functional")
    with pytest.raises(ValidationError, match=r"also changes: .*partners"):
        start(published.site)


@pytest.mark.django_db
def test_start_needs_something_live_and_nothing_waiting(furnished: Site) -> None:
    redesign(furnished)
    with pytest.raises(ValidationError, match="Nothing is published yet"):
        start(furnished)
    publish(site=furnished, by="pia", now=NOW)
    redesign(furnished, radius=3)
    publish(site=furnished, by="pia", now=NOW, effective_at=NOW + timedelta(days=3))
    redesign(furnished, radius=5)
    with pytest.raises(ValidationError, match="waits for its day"):
        start(furnished)


@pytest.mark.django_db
def test_announcement_does_not_end_with_a_test(published: Publication) -> None:
    add_partner(published.site, "maps", "functional")
    until = NOW + timedelta(days=5)
    publish(site=published.site, by="pia", now=NOW, announce_until=until, announcement={"en": "Maps are new."})
    redesign(published.site)
    begun = start(published.site).publication
    assert (begun.announce_until, begun.announcement) == (until, {"en": "Maps are new."})
    assert "Maps are new." in bytes(begun.files.get(kind="notices", variant="1b").body).decode()
    stopped = stop_experiment(site=published.site, by="pia", now=NOW)
    assert (stopped.announce_until, stopped.announcement) == (until, {"en": "Maps are new."})


# ---- nobody is asked again


@pytest.mark.django_db
def test_answer_under_any_banner_counts_under_every_other(published: Publication, running: Experiment) -> None:
    """During the test, after it, and after what was published next: by the rule that browser and server share."""
    site, seconds = published.site, int(NOW.timestamp())
    after = stop_experiment(site=site, by="pia", now=NOW + timedelta(days=1))
    redesign(site, radius=3)
    newest = publish(site=site, by="pia", now=NOW + timedelta(days=2))
    assert newest
    arms = [arm.version for arm in running.arms.all()]
    for shown_by in (running.publication, after, newest):
        ordinals = schedule_of(shown_by).ordinals
        for shown in {shown_by.version, *(arms if shown_by == running.publication else ())}:
            payload = json.loads(bytes(shown.payload))
            version = deciding_version(payload, digest=shown.digest, ordinals=ordinals)
            for answered in arms:
                decision = decide(
                    regime=deciding_regimes(payload)[0],
                    dnt_policy="honour",
                    signals=Signals(),
                    stored=answer_to(answered.digest),
                    version=version,
                    now=seconds + 9,
                )
                assert (decision.show, decision.reason) == ("nothing", "decided")


def answer_to(digest: str) -> StoredChoice:
    return StoredChoice(
        version=digest[:12],
        decided_at=int(NOW.timestamp()),
        categories={"performance": True, "functional": True, "targeting": False},
        consent_id=str(uuid.uuid4()),
        regime="eu",
    )


# ---- what is recorded and counted


@pytest.mark.django_db
def test_event_of_an_arm_is_kept_and_counted_under_its_name(
    running: Experiment, event_body: dict[str, Any], send: Callable[..., Any]
) -> None:
    drawn = running.arms.get(variant="1b")
    assert send({**event_body, "version": drawn.version.digest, "variant": "1b"}).status_code == 201
    assert send({**event_body, "event_id": str(uuid.uuid4())}).status_code == 201
    kept = ConsentEvent.objects.order_by("id").values_list("version__ordinal", "variant")
    assert list(kept) == [(2, "1b"), (1, "")]
    for counters in (DailyStatistic, DailyTotal):
        counted = counters.objects.filter(outcome="custom").order_by("variant")
        assert list(counted.values_list("variant", "version__ordinal", "count")) == [("", 1, 1), ("1b", 2, 1)]


@pytest.mark.django_db
@pytest.mark.parametrize(("letter", "variant"), [("b", "1a"), ("a", "1b"), ("a", "2a"), ("a", "x")])
def test_event_of_an_unknown_arm_is_refused(
    letter: str, variant: str, running: Experiment, event_body: dict[str, Any], send: Callable[..., Any]
) -> None:
    digest = running.arms.get(variant=f"1{letter}").version.digest
    answer = send({**event_body, "version": digest, "variant": variant})
    assert answer.status_code == 400
    assert set(answer.json()["error"]["fields"]) == {"variant"}
    assert not ConsentEvent.objects.exists()


@pytest.mark.django_db
def test_event_of_a_test_that_began_elsewhere_is_known_at_once(
    published: Publication, event_body: dict[str, Any], send: Callable[..., Any]
) -> None:
    """The version is held in memory from before the test; the arm is not."""
    send(event_body)
    redesign(published.site)
    start(published.site)
    assert send({**event_body, "event_id": str(uuid.uuid4()), "variant": "1a"}).status_code == 201


@pytest.mark.django_db
def test_known_arm_costs_no_further_query(
    running: Experiment, event_body: dict[str, Any], send: Callable[..., Any], django_assert_num_queries: Any
) -> None:
    version = live.get_version(running.site_id, event_body["version"])
    assert version
    assert live.is_arm(version.id, "1a")
    with django_assert_num_queries(0):
        assert live.is_arm(version.id, "1a")


@pytest.mark.django_db
def test_visit_is_counted_under_its_arm(running: Experiment, client: Client) -> None:
    SitePolicy.objects.update_or_create(site=running.site, defaults={"count_impressions": True})
    publish(site=running.site, by="pia", now=NOW)
    body = {
        "version": running.arms.get(variant="1b").version.digest,
        "language": "en",
        "regime": "eu",
        "signals": {"gpc": False, "dnt": False},
        "asked": True,
    }

    def visit(variant: str) -> int:
        where = "/api/v1/sites/numonix/impressions"
        sent = json.dumps({**body, "variant": variant})
        return client.post(where, sent, content_type="text/plain", headers={"Origin": ORIGIN}).status_code

    assert (visit("1b"), visit("1a")) == (204, 400)
    assert list(DailyStatistic.objects.values_list("variant", "outcome").order_by("outcome")) == [
        ("1b", "asked"),
        ("1b", "impression"),
    ]


@pytest.mark.django_db
def test_version_of_an_arm_is_public_and_a_draft_is_not(running: Experiment, client: Client) -> None:
    arm = running.arms.get(variant="1b").version
    answer = client.get(f"/api/v1/versions/{arm.digest}")
    assert answer.content == bytes(arm.payload)
    unshown = running.site.versions.create(ordinal=9, digest="a" * 64, payload=b"{}", created_at=NOW)
    assert client.get(f"/api/v1/versions/{unshown.digest}").status_code == 404


# ---- what is told of it


def answered(experiment: Experiment, variant: str, *, day: date = TODAY, **outcomes: int) -> None:
    arm = experiment.arms.get(variant=variant)
    facts = {"site_id": experiment.site_id, "day": day, "version_id": arm.version_id, "regime": "eu", "language": "en"}
    rest = {"device_class": "phone", "country": "DE", "variant": variant}
    add_counts({Counted(**facts, **rest, outcome=name): count for name, count in outcomes.items()})  # type: ignore[arg-type]


@pytest.mark.django_db
def test_running_test_tells_how_many_answered_and_nothing_to_compare(running: Experiment) -> None:
    answered(running, "1a", accept_all=400, reject_all=600)
    answered(running, "1b", accept_all=500, reject_all=500)
    (told,) = outcomes(running.site, now=END - timedelta(seconds=1))
    assert (told.phase, told.answers.value) == ("running", 2000)
    assert (told.rows, told.difference, told.verdict) == ((), None, "")
    assert told.last_day == LAST_DAY


@pytest.mark.django_db
def test_ended_test_tells_the_difference_with_its_interval(running: Experiment) -> None:
    answered(running, "1a", accept_all=400, reject_all=600)
    answered(running, "1b", accept_all=500, reject_all=500)
    # After the end: evidence, and no part of the test.
    answered(running, "1b", day=END.date(), reject_all=5000)
    (told,) = outcomes(running.site, now=END)
    assert (told.phase, told.verdict) == ("ended", "second")
    assert [(row.variant, row.answers.value, row.consent and row.consent.share) for row in told.rows] == [
        ("1a", 1000, 0.4),
        ("1b", 1000, 0.5),
    ]
    assert told.difference
    found = (told.difference.share, told.difference.low, told.difference.high)
    assert found == pytest.approx((0.1, 0.0464, 0.1531), abs=0.0002)


@pytest.mark.django_db
def test_stopped_test_has_no_verdict(running: Experiment) -> None:
    answered(running, "1a", accept_all=400, reject_all=600)
    answered(running, "1b", accept_all=500, reject_all=500)
    stop_experiment(site=running.site, by="pia", now=NOW + timedelta(days=2))
    for moment in (NOW + timedelta(days=3), END):
        (told,) = outcomes(running.site, now=moment)
        assert (told.phase, told.last_day) == ("stopped", NOW.date() + timedelta(days=2))
        assert [row.variant for row in told.rows] == ["1a", "1b"]
        assert (told.difference, told.verdict) == (None, "")


@pytest.mark.django_db
def test_banner_that_few_answered_is_told_with_the_other(running: Experiment) -> None:
    answered(running, "1a", accept_all=40, reject_all=40)
    answered(running, "1b", accept_all=5, reject_all=4)
    (told,) = outcomes(running.site, now=END)
    assert [(row.variant, row.answers.value, row.consent) for row in told.rows] == [("", 89, None)]
    assert (told.difference, told.verdict) == (None, "unknown")


@pytest.mark.django_db
def test_shares_of_a_test_tell_no_group_of_fewer_than_ten(running: Experiment) -> None:
    answered(running, "1a", accept_all=197, custom=2, reject_all=4)
    answered(running, "1b", accept_all=5000, reject_all=4997)
    (told,) = outcomes(running.site, now=END)
    assert [row.consent and (row.consent.share, row.consent.step) for row in told.rows] == [(1.0, 5), (0.5, 0.2)]
    assert told.verdict == "first"


@pytest.mark.django_db
def test_numbers_do_not_compare_the_banners_of_a_running_test(running: Experiment) -> None:
    answered(running, "1a", accept_all=400, reject_all=600)
    answered(running, "1b", accept_all=500, reject_all=500)
    days = Range(NOW.date(), NOW.date())
    site, variants = running.site, variants_in_test(running.site, now=NOW)
    versions = numbers(site, days=days, in_test=variants).table("version")
    assert versions
    assert [(row.key, row.answers.value) for row in versions.rows] == [("1+2", 2000)]
    assert variants_in_test(site, now=END) == []
    versions = numbers(site, days=days, in_test=[]).table("version")
    assert versions
    assert [row.key for row in versions.rows] == ["1", "2"]


# ---- what browsers load


@pytest.mark.django_db
def test_files_of_a_test_are_served_until_it_ends(running: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    served = {}
    for moment in (NOW, END):
        live.forget()
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        found = live.get_site("numonix")
        assert found
        served[moment] = found.files["en"].body.decode()
    assert '"variant":"1b"' in served[NOW]
    assert f'"until":{int(END.timestamp())}' in served[NOW]
    assert '"variant"' not in served[END]
    # What the second banner was answered with counts afterwards.
    assert running.arms.get(variant="1b").version.digest[:12] in served[END]


@pytest.mark.django_db
def test_held_website_is_read_again_when_its_test_ends(running: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    held = live.get_site("numonix")
    assert held
    assert held.until == END
    monkeypatch.setattr("django.utils.timezone.now", lambda: END)
    found = live.get_site("numonix")
    assert found
    assert found is not held


@pytest.mark.django_db
def test_first_file_of_a_test_carries_only_what_differs(running: Experiment) -> None:
    """And is the same for every visitor: its digest is its address."""
    body = bytes(running.publication.files.get(kind="snippet", variant="1").body).decode()
    drawn = arms_of(body)
    assert [(arm["share"], arm["variant"]) for arm in drawn["arms"]] == [(50, "1a"), (50, "1b")]
    assert drawn["arms"][0]["facts"] == {}
    assert set(drawn["arms"][1]["facts"]) == {"version", "texts", "layout"}
    assert drawn["arms"][1]["facts"]["version"] == running.arms.get(variant="1b").version.digest


@pytest.mark.django_db
def test_banner_with_words_of_the_preference_centre_has_one_of_its_own(published: Publication) -> None:
    redesign(published.site, texts={"en": {"accept_all": "Allow all of it"}})
    begun = start(published.site).publication
    second = begun.files.get(kind="preferences", variant="1b")
    assert "Allow all of it" in bytes(second.body).decode()
    drawn = arms_of(bytes(begun.files.get(kind="snippet", variant="1").body).decode())
    assert drawn["arms"][1]["facts"]["preferences"] == f"numonix.{second.digest[:32]}.js"
    assert live.get_file_by_digest("numonix", second.digest[:32])


def arms_of(body: str) -> dict[str, Any]:
    begin = body.index('{"until":')
    found: dict[str, Any] = json.JSONDecoder().raw_decode(body[begin:])[0]
    return found


@pytest.mark.django_db
def test_what_the_second_banner_leaves_out_is_said(published: Publication) -> None:
    redesign(published.site, settings_button=False)
    begun = start(published.site).publication
    drawn = arms_of(bytes(begun.files.get(kind="snippet", variant="1").body).decode())
    assert drawn["arms"][1]["facts"]["settings_button"] is None


@pytest.mark.django_db
def test_website_without_a_test_carries_nothing_of_it(published: Publication) -> None:
    body = bytes(published.files.get(kind="snippet").body).decode()
    assert "__ARMS__" not in body
    assert "Math.random" not in body

"""What came of the A/B tests of a website, read from counters. Before a test ends nothing in it is compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import OuterRef, Subquery, Sum

from consent.experiments import last_day, phase_of, verdict, visible_difference
from consent.models import Arm, DailyTotal, Experiment, Publication
from consent.ranges import Range
from consent.rates import FEWEST, FINE_STEPS, Difference, Rate, difference, rounded_rate
from consent.reports.statistics import ANSWERED, Cell, Tally, answers_of, cell, of_variants
from consent.small_cells import gather
from cookies.models import Site

# In days: what a website can be told to expect of a test, from as many weeks before it.
LENGTHS, WEEKS = (7, 14, 28), 4


@dataclass(frozen=True)
class Answered:
    """How many answered a banner, and which share of them said yes. `variant` is empty for both together."""

    variant: str
    answers: Cell
    consent: Rate | None


@dataclass(frozen=True)
class Outcome:
    """A test as it may be told. `answers`: of all banners together. `rows`: what each was answered with, empty while
    the test is running. `difference` and `verdict` only for a test that ran to its end."""

    experiment: Experiment
    arms: Sequence[Arm]
    phase: str
    first_day: date
    last_day: date
    answers: Cell
    rows: Sequence[Answered] = ()
    difference: Difference | None = None
    verdict: str = ""

    @property
    def letter_of(self) -> dict[str, str]:
        """What people call each banner."""
        return {arm.variant: arm.variant[-1].upper() for arm in self.arms}


def variants_in_test(site: Site, *, now: datetime) -> list[str]:
    """The banners that must not be told apart yet."""
    running = Experiment.objects.running(now=now).filter(site=site)
    return list(Arm.objects.filter(experiment__in=running).values_list("variant", flat=True))


def outcomes(site: Site, *, now: datetime) -> list[Outcome]:
    """The website's tests, the newest first."""
    answers, replaced = _answers(site), _replaced(site)
    found = site.experiments.select_related("publication").prefetch_related("arms__version")
    return [_outcome(experiment, replaced[experiment.pk], answers, now=now) for experiment in found]


def _replaced(site: Site) -> dict[int, datetime | None]:
    """By the id of each test: when what was published next took effect."""
    following = (
        Publication.objects.filter(site=OuterRef("site"), id__gt=OuterRef("publication"))
        .order_by("effective_at", "id")
        .values("effective_at")[:1]
    )
    return dict(site.experiments.values_list("pk", Subquery(following)))


def _answers(site: Site) -> dict[str, int]:
    """By variant."""
    rows = DailyTotal.objects.filter(site=site, outcome__in=ANSWERED).exclude(variant="")
    return dict(rows.order_by().values_list("variant").annotate(n=Sum("count")))


def _outcome(
    experiment: Experiment, replaced_at: datetime | None, answers: dict[str, int], *, now: datetime
) -> Outcome:
    arms = list(experiment.arms.all())
    phase = phase_of(now=now, end=experiment.ends_at, replaced_at=replaced_at)
    end = min(experiment.ends_at, replaced_at or experiment.ends_at)
    first, last = experiment.publication.effective_at.date(), last_day(experiment.ends_at)
    told = Outcome(
        experiment=experiment,
        arms=arms,
        phase=phase,
        first_day=first,
        last_day=min(end.date(), last),
        answers=cell(sum(answers.get(arm.variant, 0) for arm in arms)),
    )
    return told if phase == "running" else _compared(told)


def _compared(told: Outcome) -> Outcome:
    # A visitor's queue may bring an answer after the end: it is evidence, and no part of the test.
    variants = [arm.variant for arm in told.arms]
    tallies = of_variants(told.experiment.site, variants, first=told.first_day, last=told.last_day)
    answers = [tallies[variant].answers for variant in variants]
    if gather(answers):
        # One of the banners was answered by too few: it would follow from the other and the sum.
        whole = sum(answers)
        rows = [Answered("", Cell(whole), None)] if whole >= FEWEST else []
        return replace(told, rows=rows, verdict=_verdict(told, None))
    rows = [_answered(variant, tallies[variant]) for variant in variants]
    found = difference(*(row.consent for row in rows)) if told.phase == "ended" else None
    return replace(told, rows=rows, difference=found, verdict=_verdict(told, found))


def _answered(variant: str, tally: Tally) -> Answered:
    # Not exact, and not divided further: beside the numbers by version it would tell small groups.
    yes = tally.answers - tally.parts[2]
    return Answered(variant, Cell(tally.answers), rounded_rate(yes, tally.answers, FINE_STEPS))


def _verdict(told: Outcome, found: Difference | None) -> str:
    return verdict(found) if told.phase == "ended" else ""


@dataclass(frozen=True)
class Prospect:
    """What a test of so many days could show, were the next days as the last four weeks: how many people would answer,
    and how large a difference has to be to be seen, from 0 to 1."""

    days: int
    answers: int
    difference: float


def prospects(site: Site, *, now: datetime, share: int, lengths: Sequence[int] = LENGTHS) -> list[Prospect]:
    """Empty where too few have answered to say."""
    days = Range(now.date() - timedelta(days=WEEKS * 7), now.date() - timedelta(days=1))
    total = answers_of(site, days)
    if total.answers.value is None or total.consent is None:
        return []
    found = [
        (length, answers, visible_difference(answers=answers, share=share, rate=total.consent.share))
        for length in lengths
        for answers in [total.answers.value * length // (WEEKS * 7)]
    ]
    return [Prospect(length, answers, seen) for length, answers, seen in found if seen is not None]

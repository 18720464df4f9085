"""The numbers of a website, read from counters only, with small groups hidden. No event is ever read for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db.models import Min, Q, Sum

from consent.models import DailyStatistic, DailyTotal, MonthlyTotal, NoticeVersion, Publication
from consent.ranges import Range, bucket_of, buckets, step_for
from consent.rates import FEWEST, Rate, exact_rate, rounded_rate
from consent.small_cells import gather, hidden_cells, hidden_of_sums
from cookies.models import Site
from cookies.vocabulary import OPTIONAL_CATEGORIES

Key = TypeVar("Key")
# Kinds of visitors. The banners of an A/B test are compared by its own report, once it has ended.
DIMENSIONS = ("language", "country", "device_class", "version", "regime")
VERSION = "version"
TRAITS = tuple(name for name in DIMENSIONS if name != VERSION)
ANSWERED = ("accept_all", "custom", "reject_all", "custom_none")
# What the tables of the kinds of visitors tell.
OF_KINDS = (*ANSWERED, "asked", *(f"grant_{code}" for code in OPTIONAL_CATEGORIES))
SPARK_DAYS, SPARK_WINDOW = 30, 7


@dataclass(frozen=True)
class Tally:
    """What happened, by outcome."""

    counts: Mapping[str, int]

    def of(self, *outcomes: str) -> int:
        count = self.counts.get
        return sum([count(outcome, 0) for outcome in outcomes])

    @property
    def parts(self) -> tuple[int, int, int]:
        """Accepted all, allowed some, refused everything. A saved choice in which nothing is on is a refusal."""
        return self.of("accept_all"), self.of("custom"), self.of("reject_all", "custom_none")

    @property
    def answers(self) -> int:
        return sum(self.parts)

    @property
    def asked(self) -> int:
        return self.of("asked")

    @property
    def no_choice(self) -> int:
        return self.asked - self.answers


@dataclass(frozen=True)
class Cell:
    """A number that may be told, or why not: `few` for fewer than ten, `hidden` for what would give such away."""

    value: int | None
    why: str = ""


@dataclass(frozen=True)
class Row:
    """One line of a table: `together` is how many are told as one because they are too small to be told alone.

    `key` is empty for those, and for what is not known.
    """

    key: str
    together: int
    accepted: Cell
    some: Cell
    refused: Cell
    answers: Cell
    asked: Cell
    no_choice: Cell
    consent: Rate | None
    categories: Mapping[str, Rate | None]

    @property
    def is_alone(self) -> bool:
        return self.together == 1


@dataclass(frozen=True)
class Table:
    """`dimension` is a kind of visitors, or "day", "week" or "month". Without rows, too few answered to tell any."""

    dimension: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Headline:
    """The range as a whole. Rates are None where too few answered, or where visits were not counted."""

    total: Row
    visits: Cell
    interaction: Rate | None
    consent_of_all: Rate | None
    tracking_loss: Rate | None
    days_counted: int
    days_answered: int
    signals: Mapping[str, Cell]
    withdrawn: Cell
    unlocked: Cell
    by_program: Cell
    unproven: Cell


@dataclass(frozen=True)
class Marker:
    """A version began to be shown on this day."""

    day: date
    bucket: date
    ordinal: int


@dataclass(frozen=True)
class Numbers:
    days: Range
    step: str
    now: Headline
    before: Headline | None
    over_time: Table
    by_kind: Sequence[Table]
    markers: Sequence[Marker]
    is_empty: bool

    def table(self, dimension: str) -> Table | None:
        tables = {table.dimension: table for table in self.by_kind} | {"time": self.over_time}
        return tables.get(dimension)


def first_counted(site: Site) -> date | None:
    """The day of the website's first counter."""
    first: date | None = DailyTotal.objects.filter(site=site).aggregate(first=Min("day"))["first"]
    return first


def numbers(site: Site, *, days: Range, compared: bool = True, in_test: Collection[str] = ()) -> Numbers:
    """Everything that the page of numbers shows, with a number of queries that does not depend on what was counted.

    `in_test`: the variants of an A/B test that has not ended. Their versions are told as one.
    """
    since = days.previous.first if compared else days.first
    totals = list(_totals(site, since, days.last))
    by_day = _added_up((total.day, total.counts) for total in totals)
    of_range = {day: tally for day, tally in by_day.items() if day >= days.first}
    now = _headline(of_range)
    whole = _together(of_range.values())
    step = step_for(days, whole.answers)
    by_kind = {
        **_by_kind(site, days),
        VERSION: _by_version(site, [total for total in totals if total.day >= days.first], in_test),
    }
    by_bucket = _bucketed(of_range, days, step)
    asked_is_known = now.days_counted == now.days_answered > 0
    return Numbers(
        days=days,
        step=step,
        now=now,
        before=_headline({day: by_day[day] for day in by_day if day < days.first}) if compared else None,
        over_time=_table(step, by_bucket, asked_is_known=asked_is_known),
        by_kind=[
            _table(name, _largest_first(tallies), asked_is_known=asked_is_known)
            for name, tallies in ((name, by_kind[name]) for name in DIMENSIONS)
        ],
        markers=_markers(site, days, step),
        is_empty=not of_range,
    )


def answers_of(site: Site, days: Range) -> Row:
    """All answers of these days as one row."""
    totals = _totals(site, days.first, days.last)
    return _headline(_added_up((total.day, total.counts) for total in totals)).total


# ---- reading


@dataclass(frozen=True)
class _Total:
    """What happened on a day with one version in sight, by outcome."""

    day: date
    version_id: int
    variant: str
    counts: Mapping[str, int]


# One row for all outcomes: with a row for each, handing them over would take longer than adding them up.
_EACH_OUTCOME = {outcome: Sum("count", filter=Q(outcome=outcome)) for outcome in DailyTotal.Outcome.values}


def _totals(site: Site, first: date, last: date) -> Iterator[_Total]:
    rows = DailyTotal.objects.filter(site=site, day__range=(first, last)).order_by()
    for day, version_id, variant, *sums in rows.values_list("day", "version_id", "variant").annotate(**_EACH_OUTCOME):
        yield _Total(day, version_id, variant, {of: n for of, n in zip(_EACH_OUTCOME, sums, strict=True) if n})


def _by_version(site: Site, totals: Iterable[_Total], in_test: Collection[str]) -> dict[str, Tally]:
    """By number; those in a test by their numbers with a plus between them."""
    of_banner = _added_up(((total.version_id, total.variant), total.counts) for total in totals)
    ordinals = dict(NoticeVersion.objects.filter(site=site).values_list("pk", "ordinal"))
    tested = "+".join(map(str, sorted({ordinals[version] for version, variant in of_banner if variant in in_test})))
    return _tallies(
        (tested if variant in in_test else str(ordinals[version]), outcome, count)
        for (version, variant), tally in of_banner.items()
        for outcome, count in tally.counts.items()
        if outcome in OF_KINDS
    )


def of_variants(site: Site, variants: Collection[str], *, first: date, last: date) -> dict[str, Tally]:
    """What was answered to each banner of an A/B test in these days. Nothing is hidden yet."""
    rows = (
        DailyTotal.objects.filter(site=site, day__range=(first, last), variant__in=variants)
        .order_by()
        .values_list("variant", "outcome")
        .annotate(n=Sum("count"))
    )
    return {variant: Tally({}) for variant in variants} | _tallies(rows)


def _by_kind(site: Site, days: Range) -> dict[str, dict[str, Tally]]:
    """By trait and its value. Whole months are read from their totals, the rest from the counters of days, which are
    divided by each of the traits here."""
    found: dict[str, dict[str, Tally]] = {name: {} for name in TRAITS}
    for (name, value), tally in _added_up(_of_traits(site, days)).items():
        found[name][value] = tally
    return found


def _of_traits(site: Site, days: Range) -> Iterator[tuple[tuple[str, str], Mapping[str, int]]]:
    months = days.whole_months()
    if months is None:
        yield from _traits_of_days(site, Q(day__range=(days.first, days.last)))
        return
    sums = {outcome: Sum("count", filter=Q(outcome=outcome)) for outcome in OF_KINDS}
    rows = MonthlyTotal.objects.filter(site=site, day__range=(months.first, months.last)).order_by()
    for name, value, *each in rows.values_list("dimension", "value").annotate(**sums):
        yield (name, value), {outcome: n for outcome, n in zip(sums, each, strict=True) if n}
    yield from _traits_of_days(site, Q(day__gte=days.first, day__lt=months.first))
    yield from _traits_of_days(site, Q(day__gte=months.after_last_month, day__lte=days.last))


def _traits_of_days(site: Site, when: Q) -> Iterator[tuple[tuple[str, str], Mapping[str, int]]]:
    rows = DailyStatistic.objects.filter(when, site=site, outcome__in=OF_KINDS).order_by()
    counted = list(rows.values_list(*TRAITS, "outcome").annotate(n=Sum("count")))
    for at, name in enumerate(TRAITS):
        for value, tally in _tallies((kinds[at], outcome, count) for *kinds, outcome, count in counted).items():
            yield (name, value), tally.counts


def _tallies(counted: Iterable[tuple[Key, str, int]]) -> dict[Key, Tally]:
    found: dict[Key, dict[str, int]] = {}
    for key, outcome, count in counted:
        of_key = found.setdefault(key, {})
        of_key[outcome] = of_key.get(outcome, 0) + count
    return {key: Tally(of_key) for key, of_key in found.items()}


def _added_up(counted: Iterable[tuple[Key, Mapping[str, int]]]) -> dict[Key, Tally]:
    each: dict[Key, list[Mapping[str, int]]] = {}
    for key, counts in counted:
        each.setdefault(key, []).append(counts)
    return {key: Tally(counts[0] if len(counts) == 1 else _sum(counts)) for key, counts in each.items()}


def _sum(counted: Iterable[Mapping[str, int]]) -> dict[str, int]:
    whole: dict[str, int] = {}
    for counts in counted:
        for outcome, count in counts.items():
            whole[outcome] = whole.get(outcome, 0) + count
    return whole


def _markers(site: Site, days: Range, step: str) -> list[Marker]:
    rows = (
        Publication.objects.filter(site=site, effective_at__date__range=(days.first, days.last))
        .order_by("effective_at", "id")
        .values_list("effective_at", "version__ordinal")
    )
    return [Marker(at.date(), max(bucket_of(at.date(), step), days.first), ordinal) for at, ordinal in rows]


# ---- dividing


def _together(tallies: Iterable[Tally]) -> Tally:
    return Tally(_sum(tally.counts for tally in tallies))


def _bucketed(by_day: Mapping[date, Tally], days: Range, step: str) -> dict[str, Tally]:
    of_bucket: dict[date, list[Tally]] = {bucket: [] for bucket in buckets(days, step)}
    for day, tally in by_day.items():
        of_bucket[bucket_of(day, step)].append(tally)
    # The first week or month may begin before the range: it is named by the day from which it was counted.
    return {max(bucket, days.first).isoformat(): _together(tallies) for bucket, tallies in of_bucket.items()}


def _largest_first(tallies: Mapping[str, Tally]) -> dict[str, Tally]:
    return dict(sorted(tallies.items(), key=lambda item: (-item[1].answers, item[0])))


# ---- hiding


def _table(dimension: str, tallies: Mapping[str, Tally], *, asked_is_known: bool) -> Table:
    keys, each = list(tallies), list(tallies.values())
    together = gather([tally.answers for tally in each])
    rest = _together(each[at] for at in together)
    alone = [at for at in range(len(each)) if at not in together]
    told = [(keys[at], 1, each[at]) for at in alone]
    if rest.answers >= FEWEST:
        told.append(("", len(together), rest))
    hidden = hidden_cells([tally.parts for _, _, tally in told])
    unasked = _hidden_asked([tally for _, _, tally in told]) if asked_is_known else None
    return Table(
        dimension,
        [
            _row(
                key,
                count,
                tally,
                hidden={part for row, part in hidden if row == at},
                asked="unknown" if unasked is None else "hidden" if at in unasked else "told",
            )
            for at, (key, count, tally) in enumerate(told)
        ],
    )


def _hidden_asked(rows: Sequence[Tally]) -> set[int] | None:
    """In which rows those who were asked stay hidden, because next to none of them did not answer; None where more
    answered than were asked, so that nobody knows. The sum of all rows is told unless it is hidden itself."""
    if any(row.no_choice < 0 for row in rows):
        return None
    hidden = {at for at, row in enumerate(rows) if row.no_choice < FEWEST}
    if sum(row.no_choice for row in rows) < FEWEST:
        return set(range(len(rows)))
    for at in sorted(range(len(rows)), key=lambda at: (rows[at].no_choice, at)):
        if not hidden or (len(hidden) > 1 and sum(rows[at].no_choice for at in hidden) >= FEWEST):
            break
        hidden.add(at)
    return hidden


def _row(key: str, together: int, tally: Tally, *, hidden: Collection[int], asked: str) -> Row:
    """`asked` is "told", "hidden" or "unknown"."""
    accepted, some, refused = (cell(count, is_hidden=part in hidden) for part, count in enumerate(tally.parts))
    unknown = Cell(None, "unknown")
    no_choice = unknown if asked == "unknown" else cell(tally.no_choice, is_hidden=asked == "hidden")
    return Row(
        key=key,
        together=together,
        accepted=accepted,
        some=some,
        refused=refused,
        answers=cell(tally.answers),
        asked=unknown if asked == "unknown" else cell(tally.asked, is_hidden=asked == "hidden"),
        no_choice=no_choice,
        consent=_rate(tally.answers - tally.parts[2], tally.answers, is_exact=refused.value is not None),
        categories={
            # Not exact: beside those who accepted all it would tell how few allowed just this.
            code: rounded_rate(tally.of(f"grant_{code}"), tally.answers)
            for code in OPTIONAL_CATEGORIES
        },
    )


def _headline(by_day: Mapping[date, Tally]) -> Headline:
    whole = _together(by_day.values())
    with_answers = [day for day, tally in by_day.items() if tally.answers]
    counted = [tally for tally in by_day.values() if tally.asked]
    is_covered = bool(counted) and all(by_day[day].asked for day in with_answers)
    is_known = is_covered and whole.no_choice >= 0
    asked = ("told" if whole.no_choice >= FEWEST else "hidden") if is_known else "unknown"
    total = _row("", 1, whole, hidden=hidden_of_sums(whole.parts), asked=asked)
    of_counted = _together(counted)
    yes = of_counted.answers - of_counted.parts[2]
    is_exact = asked == "told" and total.refused.value is not None
    return Headline(
        total=total,
        visits=cell(whole.of("impression"), is_hidden=0 < whole.of("impression") - whole.asked < FEWEST),
        interaction=_rate(of_counted.answers, of_counted.asked, is_exact=asked == "told"),
        consent_of_all=_rate(yes, of_counted.asked, is_exact=is_exact),
        tracking_loss=_rate(of_counted.asked - yes, of_counted.asked, is_exact=is_exact),
        days_counted=sum(1 for day in with_answers if by_day[day].asked),
        days_answered=len(with_answers),
        signals={name: cell(whole.of(f"signal_{name}")) for name in ("gpc", "dnt")},
        withdrawn=cell(whole.of("withdraw")),
        unlocked=cell(whole.of("embed_unlock")),
        by_program=cell(whole.of("by_program")),
        unproven=cell(whole.of("unproven_grant")),
    )


def cell(count: int, *, is_hidden: bool = False) -> Cell:
    if count < FEWEST:
        return Cell(None, "few")
    return Cell(None, "hidden") if is_hidden else Cell(count)


def _rate(part: int, n: int, *, is_exact: bool) -> Rate | None:
    if n < FEWEST:
        return None
    return exact_rate(part, n) if is_exact else rounded_rate(part, n)


# ---- many websites at once


@dataclass(frozen=True)
class Sparkline:
    """How many of those who answered said yes, over the last days. Shares are rounded so that they tell no small
    group."""

    rate: Rate | None
    points: Sequence[float | None]

    def lines(self, *, width: float = 120, height: float = 32) -> list[str]:
        """Points of SVG polylines, from the left, high for a yes. One line for each run of days that may be told."""
        across = width / max(len(self.points) - 1, 1)
        runs: list[list[str]] = [[]]
        for at, share in enumerate(self.points):
            if share is None:
                runs.append([])
            else:
                runs[-1].append(f"{at * across:.1f},{height - 2 - share * (height - 4):.1f}")
        return [" ".join(run) for run in runs if len(run) > 1]


def consent_sparkline(sites: Collection[Site], now: datetime) -> dict[int, Sparkline]:
    """By the id of each website, in one query. Each point is the share of the seven days that end with it."""
    last = now.date()
    first = last - timedelta(days=SPARK_DAYS + SPARK_WINDOW - 2)
    rows = (
        DailyTotal.objects.filter(site__in=[site.pk for site in sites], day__range=(first, last))
        .filter(outcome__in=ANSWERED)
        .order_by()
        .values_list("site_id", "day", "outcome")
        .annotate(n=Sum("count"))
    )
    tallies = _tallies(((site_id, day), outcome, count) for site_id, day, outcome, count in rows)
    return {
        site.pk: _sparkline(lambda day, pk=site.pk: tallies.get((pk, day), Tally({})), last)  # type: ignore[misc]
        for site in sites
    }


def _sparkline(tally_of: Callable[[date], Tally], last: date) -> Sparkline:
    def share(days: int, until: date) -> Rate | None:
        tally = _together(tally_of(until - timedelta(days=back)) for back in range(days))
        return rounded_rate(tally.answers - tally.parts[2], tally.answers)

    points = [share(SPARK_WINDOW, last - timedelta(days=back)) for back in reversed(range(SPARK_DAYS))]
    return Sparkline(rate=share(SPARK_DAYS, last), points=[point.share if point else None for point in points])

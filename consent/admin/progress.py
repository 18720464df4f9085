"""What a website still needs until its banner is live and seen, in order. Each state is read from what is true."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef

from consent.models import ConsentEvent
from consent.reports.seen import last_seen
from consent.reports.websites import SiteState, site_states
from consent.schedules import day_words
from cookies.access import EDITS, OWNS, PUBLISHES
from cookies.models import Role, Site

MAKES = tuple(dict.fromkeys((*EDITS, *PUBLISHES)))
NOT_NAMED = (
    ("controller_name", "company"),
    ("controller_contact", "contact"),
    ("privacy_policy_url", "privacy policy"),
)


@dataclass(frozen=True)
class Step:
    """`page` is where it is done, `roles` do it. An optional one never stands in the way of the next."""

    label: str
    why: str
    page: str
    roles: tuple[Role, ...]
    is_done: bool
    is_optional: bool = False


@dataclass(frozen=True)
class Progress:
    """Where a website stands, and the steps that bring it live."""

    state: SiteState
    last_seen: date | None
    is_answered: bool

    @property
    def is_running(self) -> bool:
        """Visitors are asked and have answered: the first run is over."""
        return self.state.publication is not None and self.is_answered

    @property
    def steps(self) -> tuple[Step, ...]:
        state = self.state
        return (*_preparing(state), *_publishing(state), *_embedding(self))

    @property
    def next_step(self) -> Step | None:
        return next((step for step in self.steps if not step.is_done and not step.is_optional), None)


def progress_of(sites: Collection[Site], *, now: datetime) -> dict[int, Progress]:
    """By the id of each website; as many queries for many as for one."""
    sites = list(sites)
    states, seen = site_states(sites, now=now), last_seen(sites=sites)
    answered = _answered(sites)
    return {site.pk: Progress(states[site.pk], seen[site.pk], site.pk in answered) for site in sites}


def _answered(sites: Collection[Site]) -> set[int]:
    """The websites with a record; asked as whether there is one, because records are too many to count."""
    of_site = ConsentEvent.objects.filter(site=OuterRef("pk"))
    rows = Site.objects.filter(Exists(of_site), pk__in=[site.pk for site in sites]).order_by()
    return set(rows.values_list("pk", flat=True))


def _preparing(state: SiteState) -> tuple[Step, ...]:
    partners, cookies = len(state.draft.partners), len(state.draft.cookies)
    missing = _missing_facts(state.site)
    return (
        Step(
            "Complete the facts",
            f"Visitors read who is responsible. Missing: {', '.join(missing)}."
            if missing
            else "Company, contact, privacy policy and addresses are there.",
            "install" if missing == ["addresses"] else "details",
            OWNS,
            not missing,
        ),
        Step(
            "Add partners and cookies",
            f"{_count(partners, 'partner')} and {_count(cookies, 'cookie')} in the draft."
            if partners or cookies
            else "Visitors are asked about what the website uses.",
            "partners" if partners else "cookies" if cookies else "library",
            EDITS,
            bool(partners or cookies),
        ),
        Step(
            "Look at the banner",
            "Texts, languages or look are your own."
            if state.draft.notice.pk
            else "Built-in words and colours are good as they are. Change what you like.",
            "texts",
            EDITS,
            state.draft.notice.pk is not None,
            is_optional=True,
        ),
    )


def _publishing(state: SiteState) -> tuple[Step, ...]:
    blocking = state.blocking_count
    is_first = state.draft.latest is None
    return (
        Step(
            "Mend what the check finds",
            f"{_count(blocking, 'thing')} {'blocks' if blocking == 1 else 'block'} publishing."
            if blocking
            else "Nothing blocks publishing.",
            "publish",
            EDITS,
            # An empty draft passes as well, and says nothing.
            not blocking and bool(state.draft.partners or state.draft.cookies),
        ),
        Step(
            "Publish the first version" if is_first else "Publish what has changed",
            "Visitors see nothing of a draft." if state.has_unpublished_changes else "What visitors meet is the draft.",
            "publish",
            PUBLISHES,
            not state.has_unpublished_changes,
        ),
    )


def _embedding(progress: Progress) -> tuple[Step, ...]:
    seen = progress.last_seen
    return (
        Step(
            "Add the embed line",
            f"Last seen on {day_words(seen)}." if seen else "Done as soon as one of its pages is seen with it.",
            "install",
            MAKES,
            seen is not None or progress.is_answered,
        ),
        Step(
            "Answer the banner",
            "The first answer has arrived."
            if progress.is_answered
            else "Open the website and choose: done as soon as the first answer arrives here.",
            "install",
            MAKES,
            progress.is_answered,
        ),
    )


def _missing_facts(site: Site) -> list[str]:
    named = [words for field, words in NOT_NAMED if not getattr(site, field).strip()]
    return named if site.domains else [*named, "addresses"]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"

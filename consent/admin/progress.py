"""What a website still needs, and what to do first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from consent.models import ConsentEvent
from consent.reports import SiteState, site_state
from cookies.admin.pages import page_url
from cookies.models import Site


@dataclass(frozen=True)
class Step:
    label: str
    why: str
    page: str
    is_done: bool


@dataclass(frozen=True)
class Progress:
    """Where a website stands and the steps that bring it live, in order."""

    state: SiteState
    partner_count: int
    cookie_count: int
    steps: tuple[Step, ...]

    @property
    def next_step(self) -> Step | None:
        return next((step for step in self.steps if not step.is_done), None)

    @property
    def next_url(self) -> str:
        return page_url(self.state.site, self.next_step.page) if self.next_step else ""


def progress_of(site: Site, *, now: datetime) -> Progress:
    state = site_state(site, now=now)
    partners = site.partners.in_use().count()
    cookies = site.cookies.filter(partner__archived_at=None).count()
    return Progress(
        state=state,
        partner_count=partners,
        cookie_count=cookies,
        steps=(
            Step(
                "Write down the website's addresses",
                "Answers from other addresses are refused.",
                "install",
                bool(site.domains),
            ),
            Step(
                "Add partners and cookies",
                "Visitors are asked about what the website uses.",
                "library" if not partners else "cookies",
                bool(partners or cookies),
            ),
            Step(
                "Publish the first version" if not state.publication else "Publish what has changed",
                "Visitors see nothing of a draft.",
                "publish",
                state.publication is not None and not state.has_unpublished_changes,
            ),
            Step(
                "Put the embed line into the website",
                "Done as soon as the first answer arrives.",
                "install",
                ConsentEvent.objects.filter(site=site).exists(),
            ),
        ),
    )

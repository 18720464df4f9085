"""Where a website stands and what is to be done, as one person may see and do it: for the home cards and Overview."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from consent.admin.number_words import share_words
from consent.admin.progress import Progress, Step
from consent.reports.statistics import Sparkline
from cookies.access import EDITS, OWNS, PUBLISHES
from cookies.admin.pages import opens, page_url
from cookies.models import Role

WAITS_FOR = {OWNS: "an owner", EDITS: "an editor", PUBLISHES: "a publisher"}


@dataclass(frozen=True)
class Task:
    """A step for one person. `url` is empty where somebody else has to do it: `waits_for` says who."""

    step: Step
    url: str
    waits_for: str


@dataclass(frozen=True)
class Standing:
    """A website at a glance. The links are empty for whoever may not open the page behind them."""

    progress: Progress
    spark: Sparkline
    today: date
    publish_url: str
    install_url: str
    numbers_url: str

    @property
    def yes_share(self) -> str:
        """Empty where too few have answered to tell."""
        return share_words(self.spark.rate) if self.spark.rate else ""

    @property
    def answers(self) -> str:
        return f"{self.spark.rate.n:,}" if self.spark.rate else ""

    @property
    def steps_done(self) -> int:
        return sum(step.is_done for step in self.progress.steps)


def standing_of(
    request: HttpRequest, progress: Progress, roles: frozenset[Role], *, spark: Sparkline, today: date
) -> Standing:
    def url(name: str) -> str:
        return page_url(progress.state.site, name) if opens(request, roles, name) else ""

    return Standing(
        progress,
        spark=spark,
        today=today,
        publish_url=url("publish"),
        install_url=url("install"),
        numbers_url=url("numbers"),
    )


def task_of(request: HttpRequest, progress: Progress, roles: frozenset[Role]) -> Task | None:
    """What to do next; None where nothing is, and for whoever only looks."""
    tasks = tasks_of(request, progress, roles)
    return next((task for task in tasks if task.step == progress.next_step), None)


def tasks_of(request: HttpRequest, progress: Progress, roles: frozenset[Role]) -> list[Task]:
    """All steps, for whoever can do at least one of them; none for others."""
    tasks = [_task(request, progress, step, roles) for step in progress.steps]
    return tasks if any(task.url for task in tasks) else []


def _task(request: HttpRequest, progress: Progress, step: Step, roles: frozenset[Role]) -> Task:
    is_theirs = not roles.isdisjoint(step.roles) and opens(request, roles, step.page)
    url = page_url(progress.state.site, step.page) if is_theirs else ""
    return Task(step, url, "" if is_theirs else WAITS_FOR.get(step.roles, "a colleague"))

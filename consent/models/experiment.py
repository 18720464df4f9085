"""A test of two banners: which versions stood beside each other, in which shares, and until when."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from consent.append_only import AppendOnly, AppendOnlyQuerySet
from consent.models.notice import NoticeVersion, Publication
from cookies.models import Site


class ExperimentQuerySet(AppendOnlyQuerySet["Experiment"]):
    def running(self, *, now: datetime) -> ExperimentQuerySet:
        """Whose publication is what visitors are shown at this moment, and whose end has not come."""
        live = Publication.objects.live(now=now).filter(site=models.OuterRef("site")).values("pk")[:1]
        return self.filter(publication=models.Subquery(live), ends_at__gt=now)


class Experiment(AppendOnly):
    """Begins with its publication, whose version is the first arm, and ends at a moment that was set before; earlier
    only where something else is published."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="experiments")
    publication = models.OneToOneField(Publication, on_delete=models.PROTECT, related_name="experiment")
    number = models.PositiveIntegerField(help_text="1 for the first test of a website, then counting up.")
    ends_at = models.DateTimeField()

    objects = ExperimentQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "A/B test"
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["site", "number"], name="experiment_number_once_per_site")]

    def __str__(self) -> str:
        return f"{self.site} · test {self.number}"


class Arm(AppendOnly):
    """One of the banners of a test. `variant` is what events and counters call it: the test's number and a letter."""

    experiment = models.ForeignKey(Experiment, on_delete=models.PROTECT, related_name="arms")
    variant = models.CharField(max_length=8)
    version = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="arms")
    share = models.PositiveSmallIntegerField(help_text="Of a hundred page views, how many show it.")

    class Meta:
        verbose_name = "banner of an A/B test"
        ordering = ["variant"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "variant"], name="variant_once_per_experiment"),
            models.UniqueConstraint(fields=["experiment", "version"], name="version_once_per_experiment"),
        ]

    def __str__(self) -> str:
        return f"{self.variant} · version {self.version.ordinal}"

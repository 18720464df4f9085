"""How long evidence is kept: what was removed when, and what must stay although its time is over."""

from __future__ import annotations

from django.db import models

from consent.append_only import AppendOnly
from cookies.models import Site


class LegalHold(AppendOnly):
    """What stays although its time is over. It is lifted, never deleted. It does not stop a visitor's erasure."""

    FILLED_ONCE = ("lifted_by", "lifted_at", "lifted_because")

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=300)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    consent_ref = models.CharField(
        max_length=64, blank=True, help_text="Only this visitor's events. Empty: everybody's."
    )
    set_by = models.CharField(max_length=150, help_text="The user name, kept as text so that it survives.")
    set_at = models.DateTimeField()
    lifted_by = models.CharField(max_length=150, null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_because = models.CharField(max_length=300, null=True)

    class Meta:
        verbose_name = "legal hold"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.site}: {self.reason}"


class RetentionRun(AppendOnly):
    """One batch of what was forgotten, by which rule; or, dry, what would have been."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="retention_runs")
    day = models.DateField()
    ran_at = models.DateTimeField()
    before = models.DateTimeField(
        help_text="Expired is what was received up to then, where its place has no days of its own."
    )
    days = models.JSONField(help_text="The rule: `days`, and `by_place`.")
    count = models.PositiveIntegerField(help_text="Events whose contents were removed.")
    held = models.PositiveIntegerField(help_text="Expired events that a legal hold keeps.")
    is_dry = models.BooleanField(help_text="Only counted.")
    is_complete = models.BooleanField(help_text="The last batch of its day.")

    class Meta:
        verbose_name = "retention run"
        ordering = ["-id"]
        indexes = [models.Index(fields=["site", "-id"], name="retention_of_a_site")]

    def __str__(self) -> str:
        return f"{self.site} {self.day}: {self.count}"

"""Who answered for a draft before it was published: reviews, and what a reviewer acknowledged. Written once."""

from __future__ import annotations

from django.db import models

from consent.append_only import AppendOnly
from cookies.models import Site


class Review(AppendOnly):
    """Somebody asked that a draft be looked at; somebody else decided. The digest names the draft."""

    FILLED_ONCE = ("decision", "decided_by", "decided_at", "reason")

    class Decision(models.TextChoices):
        APPROVED = "approved", "Approved"
        REFUSED = "refused", "Sent back"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="reviews")
    digest = models.CharField(max_length=64)
    requested_by = models.CharField(max_length=150, help_text="The user name, kept as text so that it survives.")
    requested_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)
    decision = models.CharField(max_length=10, choices=Decision, null=True)
    decided_by = models.CharField(max_length=150, null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["site", "digest"], name="reviews_of_a_draft")]

    def __str__(self) -> str:
        return f"{self.site} · {self.digest[:12]}"


class Acknowledgement(AppendOnly):
    """A reviewer answers for something that the law leaves open, or no longer does. The newest one counts."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="acknowledgements")
    code = models.CharField(max_length=40, help_text="A code of consent/checklist.py.")
    partner = models.CharField(max_length=40, help_text="The partner's short name.")
    stands = models.BooleanField(help_text="False where it was taken back.")
    reason = models.CharField(max_length=300)
    acknowledged_by = models.CharField(max_length=150)
    acknowledged_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.site} · {self.partner}"

"""Evidence that was taken away as a file: what was asked for, how far it is, and who took it when."""

from __future__ import annotations

from django.db import models

from consent.append_only import AppendOnly
from cookies.models import Site


class Export(AppendOnly):
    """What somebody asked for. Its file is there from `finished_at` until `removed_at`, and never half."""

    FILLED_ONCE = ("finished_at", "manifest", "removed_at")

    class Format(models.TextChoices):
        CSV = "csv", "CSV, for spreadsheets"
        ISO_27560 = "27560", "JSON lines after ISO/IEC TS 27560, for the programs of others"
        NDJSON = "ndjson", "NDJSON, with each leaf, to be checked against the ledger"

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="exports")
    format = models.CharField(max_length=10, choices=Format)
    search = models.JSONField(help_text="Which events: see EventSearch.")
    asked_by = models.CharField(max_length=150, help_text="The user name, kept as text so that it survives.")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    manifest = models.JSONField(null=True, help_text="What the file holds, and its SHA-256.")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.site}, export {self.pk}"


class ExportProgress(models.Model):
    """How far an export is, and which process works on it."""

    export = models.OneToOneField(Export, on_delete=models.PROTECT, related_name="progress")
    expected = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=16, blank=True, help_text="Made anew by each process that takes it up.")
    beat_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.export}: {self.written} of {self.expected}"


class ExportTaken(AppendOnly):
    """Somebody downloaded an export."""

    export = models.ForeignKey(Export, on_delete=models.PROTECT, related_name="taken")
    taken_by = models.CharField(max_length=150)
    taken_at = models.DateTimeField()

    class Meta:
        verbose_name = "download of an export"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.export}, {self.taken_by}"

"""What a visitor decided: evidence, written once."""

from __future__ import annotations

from django.db import models

from consent.append_only import AppendOnly
from consent.models.notice import NoticeVersion
from cookies.models import Site


class ConsentEvent(AppendOnly):
    """One decision. Append-only: what may be erased goes from a value to NULL, the seal from NULL to a value."""

    ERASABLE = ("consent_ref", "country", "language", "device_class", "client_time")
    ERASED_ONCE = (*ERASABLE, "salts")
    FILLED_ONCE = ("commitments", "leaf_hash", "ledger_index")

    class Action(models.TextChoices):
        ACCEPT_ALL = "accept_all", "Accepted all"
        REJECT_ALL = "reject_all", "Rejected all"
        SAVE = "save", "Saved a choice"
        WITHDRAW = "withdraw", "Withdrew"
        EMBED_UNLOCK = "embed_unlock", "Allowed an embed"

    class Surface(models.TextChoices):
        BANNER = "banner", "Banner"
        PREFERENCES = "preferences", "Preference centre"
        PAGE = "page", "Hosted page"
        EMBED = "embed", "Embed"
        API = "api", "Website's own code"

    id = models.UUIDField(primary_key=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="events")
    event_id = models.UUIDField()
    consent_ref = models.CharField(max_length=64, null=True)
    received_at = models.DateTimeField()
    client_time = models.DateTimeField(null=True)
    action = models.CharField(max_length=12, choices=Action)
    surface = models.CharField(max_length=12, choices=Surface)
    categories = models.JSONField(help_text="All four, granted and refused.")
    partners = models.JSONField(help_text="Only the exceptions.")
    version = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="events")
    language = models.CharField(max_length=16, null=True)
    regime_shown = models.CharField(max_length=16, blank=True)
    regime_seen = models.CharField(max_length=16, blank=True)
    signals = models.JSONField(help_text="As the browser said.")
    signals_seen = models.JSONField(help_text="As the request's own headers said.")
    country = models.CharField(max_length=2, null=True)
    device_class = models.CharField(max_length=8, null=True)
    trusted = models.BooleanField(null=True, help_text="A person's click (true), a program's (false), or not known.")
    build = models.CharField(max_length=40, blank=True)
    variant = models.CharField(max_length=40, blank=True)
    salts = models.BinaryField(null=True)
    commitments = models.BinaryField(null=True)
    leaf_hash = models.BinaryField(null=True)
    ledger_index = models.PositiveBigIntegerField(null=True)

    class Meta:
        verbose_name = "consent event"
        ordering = ["-received_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["site", "event_id"], name="event_once_per_site"),
            # Only sealed events have a place in it: an event that comes in costs it nothing.
            models.UniqueConstraint(
                fields=["site", "ledger_index"],
                condition=models.Q(ledger_index__isnull=False),
                name="ledger_index_once_per_site",
            ),
        ]
        indexes = [
            models.Index(fields=["consent_ref", "-received_at"], name="events_of_a_consent"),
            models.Index(fields=["site", "-received_at", "-id"], name="events_of_a_site"),
            # What is to be sealed is found by being unsealed, whatever its time; sealing empties this index.
            models.Index(
                fields=["site", "id"], condition=models.Q(ledger_index__isnull=True), name="events_not_sealed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} · {self.received_at:%Y-%m-%d %H:%M}"

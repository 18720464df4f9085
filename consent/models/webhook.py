"""Whom a website tells what happened, what there is to tell, and what came of it. No evidence: all of it goes."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

from django.db import models

from cookies.models import Site


class Webhook(models.Model):
    """An address that wants to know. The secret is encrypted: see consent/stored_secrets.py."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="webhooks")
    address = models.CharField(max_length=2000)
    kinds: models.JSONField[Any, Any] = models.JSONField(help_text="What it is told: codes of consent/webhooks.py.")
    secret = models.TextField()
    made_by = models.CharField(max_length=150, help_text="The user name, kept as text so that it survives.")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.host

    @property
    def host(self) -> str:
        """Whom it is for, without what a path may give away."""
        return urlsplit(self.address).netloc


class Announcement(models.Model):
    """Something that happened, for whoever wanted to know it then."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="announcements")
    kind = models.CharField(max_length=40)
    facts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    consent_ref = models.CharField(max_length=64, blank=True, help_text="Of whom it tells: erased with their record.")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["consent_ref"], condition=~models.Q(consent_ref=""), name="announcements_of_a_consent")
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.at:%Y-%m-%d %H:%M}"


class Delivery(models.Model):
    """An announcement on its way to one webhook. It ends taken or given up; until then `next_at` says when to try."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="deliveries")
    tries = models.PositiveIntegerField(default=0)
    since = models.DateTimeField(help_text="When it was first tried; until then, when it was to be sent.")
    next_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True, help_text="Some process is sending it, or died over it.")
    taken_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(next_at__isnull=False), name="deliveries_due"),
        ]

    def __str__(self) -> str:
        return f"{self.announcement} to {self.webhook}"


class Attempt(models.Model):
    """One time that it was sent. Of the answer only the status is kept."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, help_text="Empty where nothing was answered.")
    milliseconds = models.PositiveIntegerField()
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} · {self.status or self.error}"


class WithdrawalsSeen(models.Model):
    """Up to which place of a website's ledger withdrawals have been looked for."""

    site = models.OneToOneField(Site, on_delete=models.CASCADE, related_name="withdrawals_seen")
    size = models.PositiveBigIntegerField(help_text="The first place that has not been looked at.")

    def __str__(self) -> str:
        return f"{self.site}, {self.size}"

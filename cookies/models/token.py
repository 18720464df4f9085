"""What a program shows to act on a website. The token itself is nowhere: only its digest."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from cookies.models.site import Site


class Token(models.Model):
    """A program's access to one website. Never deleted: who had access is part of the website's history."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=60, help_text="What the program is called in the log.")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token.")
    ending = models.CharField(max_length=4, help_text="Its last characters, to tell it from others.")
    verbs = models.JSONField(default=list, help_text="What it may do: codes of cookies/tokens.py.")
    # It acts for this person: it ends with her ownership, and what it changes counts as changed by her.
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "name"],
                name="token_name_once_per_site",
                condition=Q(revoked_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def has_ended(self, *, now: datetime) -> bool:
        return self.revoked_at is not None or self.expires_at <= now

"""Which consents belong to one user of a website, by a keyed hash of the website's own name for them. No evidence."""

from __future__ import annotations

from django.db import models

from cookies.models import Site


class UserLinkKey(models.Model):
    """What a website signs its tokens with, and what its users' names are hashed with. Both are encrypted.

    They are two, because the one may have to be changed and the other must never.
    """

    site = models.OneToOneField(Site, on_delete=models.CASCADE, related_name="user_link_key")
    secret = models.TextField()
    naming_key = models.TextField()
    made_by = models.CharField(max_length=150, help_text="Who made the secret; the user name, as text.")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.site} · {self.made_at:%Y-%m-%d}"


class UserLink(models.Model):
    """A consent of a user. `user_ref` is HMAC-SHA256 of the website's name for them: the name itself is nowhere."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="user_links")
    user_ref = models.CharField(max_length=64)
    consent_ref = models.CharField(max_length=64)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "consent_ref"], name="consent_of_one_user")]
        indexes = [models.Index(fields=["site", "user_ref"], name="consents_of_a_user")]

    def __str__(self) -> str:
        return f"{self.site} · {self.linked_at:%Y-%m-%d}"

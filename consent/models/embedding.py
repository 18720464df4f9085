"""Where a website's pages were seen with the embed line, and what was found on a page that somebody had checked.

Facts about pages. Nothing here is about a visitor.
"""

from __future__ import annotations

from typing import Any

from django.db import models

from cookies.models import Site


class Sighting(models.Model):
    """The last day (UTC) on which a page under one of the website's addresses used the line.

    `domain` is the entry of the website's addresses, not the page's own origin: it names no page and no customer's
    subdomain, and there are never more rows than entries.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="sightings")
    domain = models.TextField()
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "domain"], name="one_sighting_per_domain")]

    def __str__(self) -> str:
        return f"{self.domain} · {self.day}"


class PageCheck(models.Model):
    """A page that somebody had read. The newest of a website is shown; older ones only count how often people ask."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="page_checks")
    address = models.CharField(max_length=2000)
    asked_by = models.CharField(max_length=150, help_text="The user name.")
    asked_at = models.DateTimeField(db_index=True)
    finished_at = models.DateTimeField(null=True, help_text="Empty while the page is being read.")
    found: models.JSONField[Any, Any] = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.site} · {self.asked_at:%Y-%m-%d %H:%M}"

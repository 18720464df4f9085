"""A website, and the people who look after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

KEY_PATTERN = r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?"


class Role(models.TextChoices):
    """What a member may do on a website. Only add, never rename: roles appear in logs."""

    OWNER = "owner", "Owner: everything, and the only one to change the team and the website's details"
    EDITOR = "editor", "Editor: partners, cookies, texts and rules, as a draft"
    REVIEWER = "reviewer", "Reviewer: approves drafts, and writes why a partner is strictly necessary"
    PUBLISHER = "publisher", "Publisher: puts drafts before visitors, now or later, and goes back"
    AUDITOR = "auditor", "Auditor: reads records, versions and the log"
    VIEWER = "viewer", "Viewer: reads numbers, the cookie declaration and versions"


class SiteQuerySet(models.QuerySet["Site"]):
    def visible_to(self, user: User | AnonymousUser) -> SiteQuerySet:
        """The websites that this person may know of: their own, or all for a superuser."""
        if not user.is_active:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(members__user_id=user.pk).distinct()


class Site(models.Model):
    """A website that embeds Sayso. Its key is public."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        ARCHIVED = "archived", "Archived: no longer served, its evidence is kept"

    key = models.CharField(
        "public key",
        max_length=40,
        unique=True,
        validators=[RegexValidator(rf"^{KEY_PATTERN}\Z", "Use lower-case letters, digits and hyphens.")],
        help_text="Part of the embed line. It can't be changed later.",
    )
    name = models.CharField(max_length=120, help_text="As visitors know it.")
    domains = models.JSONField(
        default=list,
        help_text="Where the website may embed Sayso: one origin a line, such as https://www.example.com.",
    )
    default_language = models.CharField(max_length=16, default="en")
    controller_name = models.CharField(
        "company",
        max_length=200,
        blank=True,
        help_text="Who is responsible for the website, by its legal name.",
    )
    controller_contact = models.CharField("contact", max_length=200, blank=True, help_text="An e-mail or a page.")
    privacy_policy_url = models.URLField("privacy policy", max_length=500, blank=True)
    cookie_domain = models.CharField(
        "one answer for all subdomains of",
        max_length=120,
        blank=True,
        help_text="Such as example.com: an answer on www.example.com then counts on shop.example.com too. Empty: each "
        "address asks for itself.",
    )
    keep_path = models.CharField(
        "keep answers in Safari by",
        max_length=200,
        blank=True,
        help_text="A path of the website that sets the cookie by header, such as /sayso/keep. Safari keeps what "
        "scripts set for seven days.",
    )
    partner_notice_days = models.PositiveSmallIntegerField(
        "announce new partners ahead (days)",
        default=0,
        validators=[MaxValueValidator(90)],
        help_text="If your policy promises it. A new partner then works from that many days after it was added.",
    )
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = "website"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """A person's role on a website. Somebody who edits and publishes has two rows."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.EDITOR)

    class Meta:
        verbose_name = "team member"
        constraints = [models.UniqueConstraint(fields=["site", "user", "role"], name="member_once_per_role")]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"

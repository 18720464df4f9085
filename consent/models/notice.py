"""The notice as a draft, as published versions, and as the files that browsers load."""

from __future__ import annotations

from datetime import datetime

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models

from consent.append_only import AppendOnly, AppendOnlyQuerySet
from cookies.models import Site

COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}\Z", "Write a colour as # and six digits, such as #1d4ed8.")


class Notice(models.Model):
    """The draft of what a website asks: languages, texts that differ from the built-in ones, appearance."""

    class Layout(models.TextChoices):
        CARD = "card", "A card in a corner"
        BAR = "bar", "A bar along the lower edge"
        CENTRE = "centre", "A card in the middle"

    class Position(models.TextChoices):
        LEFT = "left", "Left corner"
        RIGHT = "right", "Right corner"

    site = models.OneToOneField(Site, on_delete=models.CASCADE, related_name="notice")
    languages = models.JSONField(default=list)
    texts = models.JSONField(default=dict)
    # Per language and text: names the words in the website's own language that the translation was made from.
    translated_from = models.JSONField(default=dict)
    layout = models.CharField(max_length=10, choices=Layout, default=Layout.CARD)
    position = models.CharField(max_length=10, choices=Position, default=Position.LEFT)
    brand_colour = models.CharField("buttons", max_length=7, default="#1d4ed8", validators=[COLOUR])
    brand_text_colour = models.CharField("text on buttons", max_length=7, default="#ffffff", validators=[COLOUR])
    dark_brand_colour = models.CharField("buttons, dark", max_length=7, default="#9db8ff", validators=[COLOUR])
    dark_brand_text_colour = models.CharField(
        "text on buttons, dark", max_length=7, default="#0b1020", validators=[COLOUR]
    )
    radius = models.PositiveSmallIntegerField("corner radius", default=14, validators=[MaxValueValidator(24)])
    settings_button = models.BooleanField(
        "show our small “Cookie settings” button",
        default=True,
        help_text="It stays away on pages that have a link of their own.",
    )

    def __str__(self) -> str:
        return f"Notice of {self.site}"


class OptOutLink(models.Model):
    """Another way to opt out, as the website's own policy lists it."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="opt_out_links")
    label = models.JSONField(default=dict)
    url = models.URLField("address", max_length=500)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "other way to opt out"
        verbose_name_plural = "other ways to opt out"
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.url


class NoticeVersionQuerySet(AppendOnlyQuerySet["NoticeVersion"]):
    def shown(self) -> NoticeVersionQuerySet:
        """Those that visitors were shown at any time: published, or an arm of an A/B test."""
        return self.filter(models.Q(publications__isnull=False) | models.Q(arms__isnull=False)).distinct()


class NoticeVersion(AppendOnly):
    """Everything that visitors were shown and that decided, frozen. The digest is SHA-256 of the payload's bytes."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="versions")
    ordinal = models.PositiveIntegerField(help_text="1 for the first version of a website, then counting up.")
    digest = models.CharField(max_length=64)
    payload = models.BinaryField(help_text="Canonical JSON (RFC 8785), byte for byte what was hashed.")
    created_at = models.DateTimeField()

    objects = NoticeVersionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "published version"
        ordering = ["-ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["site", "digest"], name="version_once_per_site"),
            models.UniqueConstraint(fields=["site", "ordinal"], name="version_ordinal_once_per_site"),
        ]

    def __str__(self) -> str:
        return f"{self.site} · version {self.ordinal}"


class PublicationQuerySet(AppendOnlyQuerySet["Publication"]):
    def live(self, *, now: datetime) -> PublicationQuerySet:
        """Publications in effect, the one that counts first."""
        return self.filter(effective_at__lte=now).order_by("-effective_at", "-id")


class Publication(AppendOnly):
    """A version was put before visitors: from when, by whom, and why."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="publications")
    version = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="publications")
    published_at = models.DateTimeField()
    effective_at = models.DateTimeField()
    announce_until = models.DateTimeField(null=True, blank=True)
    grace_until = models.DateTimeField(null=True, blank=True)
    announcement = models.JSONField(default=dict, blank=True, help_text="The website's own words on it, per language.")
    published_by = models.CharField(max_length=150, help_text="The user name, kept as text so that it survives.")
    reason = models.CharField(max_length=300, blank=True)

    objects = PublicationQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["-published_at", "-id"]
        indexes = [models.Index(fields=["site", "-effective_at", "-id"], name="live_publication")]

    def __str__(self) -> str:
        return f"{self.version} from {self.effective_at:%Y-%m-%d %H:%M}"


class ComposedFile(models.Model):
    """A file that browsers load, made and compressed when a site publishes or the engine changes."""

    class Kind(models.TextChoices):
        SNIPPET = "snippet", "First view"
        PREFERENCES = "preferences", "Preference centre"
        DECLARATION = "declaration", "Declaration"
        EMBEDS = "embeds", "Placeholders of embeds"
        NOTICES = "notices", "Notices"
        RECORD = "record", "The visitor's own record"

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=12, choices=Kind)
    language = models.CharField(max_length=16)
    # While two banners are tested: the first file that draws one ("1"), and what the second banner loads ("1b").
    variant = models.CharField(max_length=8, blank=True, default="")
    recipe = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)
    body = models.BinaryField()
    brotli = models.BinaryField()
    gzip = models.BinaryField()
    composed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "recipe", "language", "kind", "variant"],
                name="composed_once_per_publication_and_recipe",
            )
        ]
        indexes = [models.Index(fields=["digest"], name="composed_by_digest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.language} {self.digest[:12]}"

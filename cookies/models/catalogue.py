"""The partners that a website uses, and the cookies that it or they set."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from cookies import vocabulary
from cookies.models.site import Site

SLUG_PATTERN = r"[a-z0-9-]{1,40}"


class PartnerQuerySet(models.QuerySet["Partner"]):
    def in_use(self) -> PartnerQuerySet:
        """Partners that belong into the next version: archived ones do not."""
        return self.filter(archived_at__isnull=True)


class Partner(models.Model):
    """A third party on a website. What it sets and does follows its category unless a visitor decides otherwise."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="partners")
    slug = models.CharField(
        "short name",
        max_length=40,
        validators=[RegexValidator(rf"^{SLUG_PATTERN}\Z", "Use lower-case letters, digits and hyphens.")],
        help_text="Used in the website's markup: data-partner.",
    )
    library = models.CharField(max_length=40, blank=True, editable=False)
    name = models.CharField(max_length=120)
    legal_entity = models.CharField("company", max_length=200, blank=True, help_text="The legal name of the recipient.")
    country = models.CharField(max_length=2, blank=True, help_text="Two letters, such as IE or US.")
    category = models.CharField(max_length=20, choices=vocabulary.CATEGORY_LABELS)
    purpose = models.JSONField(default=dict)
    purposes = models.JSONField(default=list)
    privacy_notice_url = models.URLField("privacy notice", max_length=500, blank=True)
    opt_out_url = models.URLField("opt-out page", max_length=500, blank=True)
    hosts = models.JSONField(default=list)
    technologies = models.JSONField(default=list)
    sale_or_share = models.BooleanField(
        "counts as sale or sharing",
        default=False,
        help_text="Under US state laws: data goes to it for its own use.",
    )
    necessity_justification = models.TextField(
        "why it is strictly necessary",
        blank=True,
        help_text="Needed where the category is strictly necessary.",
    )
    starts_on = models.DateField(
        "works from",
        null=True,
        blank=True,
        help_text="Announce a partner before it takes effect. Until that day it stays off for everybody. "
        "Empty: at once.",
    )
    parameters = models.JSONField(default=dict)
    load_mode = models.CharField(
        "how it is loaded",
        max_length=10,
        choices=vocabulary.LOAD_MODE_LABELS,
        default="gated",
    )
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PartnerQuerySet.as_manager()

    @property
    def loads_early(self) -> bool:
        """Its tag is on the page whatever the visitor says, and is only told about it."""
        return self.load_mode == "signalled" and self.category != "strictly_necessary"

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["site", "slug"], name="partner_once_per_site"),
            models.CheckConstraint(
                condition=~Q(category="strictly_necessary") | ~Q(necessity_justification=""),
                name="necessary_partner_is_justified",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Cookie(models.Model):
    """Something kept in the visitor's browser: by the website itself, or by one of its partners."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="cookies")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, null=True, blank=True, related_name="cookies")
    name = models.CharField(max_length=120, help_text="The name, or a pattern such as _ga_*.")
    own_category = models.CharField(
        "category",
        max_length=20,
        choices=vocabulary.CATEGORY_LABELS,
        blank=True,
        help_text="Only for the website's own cookies. A partner's cookie follows its partner.",
    )
    technology = models.CharField("kind", max_length=20, choices=vocabulary.TECHNOLOGY_LABELS, default="cookie")
    party = models.CharField("set by", max_length=5, choices=vocabulary.PARTY_LABELS, default="first")
    lifetime = models.CharField(
        "kept for",
        max_length=20,
        validators=[
            RegexValidator(
                rf"^{vocabulary.LIFETIME_PATTERN}\Z",
                "Write session, persistent, or a number and a unit: 30 minute, 13 month, 2 year.",
            )
        ],
        help_text="session, persistent, or such as 30 minute, 13 month, 2 year.",
    )
    domain = models.CharField(max_length=200, blank=True, help_text="Only for third-party ones: the host.")
    purpose = models.JSONField(default=dict)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "name", "technology", "domain"],
                name="cookie_once_per_partner",
                condition=Q(partner__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["site", "name", "technology", "domain"],
                name="own_cookie_once_per_site",
                condition=Q(partner__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(partner__isnull=True) ^ Q(own_category=""),
                name="cookie_has_partner_or_category",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def category(self) -> str:
        """The category that decides about it: its partner's, or its own."""
        return self.partner.category if self.partner else self.own_category


def translated(values: dict[str, Any], language: str, fallback: str) -> str:
    """The text in this language, else in the fallback, else in any, else nothing."""
    for code in (language, fallback):
        if values.get(code):
            return str(values[code])
    return str(next((text for text in values.values() if text), ""))

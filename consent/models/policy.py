"""How a website treats signals, and how long it remembers."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from cookies.models import Site


class SitePolicy(models.Model):
    """The rules that a website chose. They become binding when a version is published."""

    class DoNotTrack(models.TextChoices):
        HONOUR = "honour", "Honour it: everything optional stays off"
        DISREGARD = "disregard", "Disregard it, and say so on the cookie declaration"

    site = models.OneToOneField(Site, on_delete=models.CASCADE, related_name="policy")
    dnt = models.CharField("Do Not Track", max_length=10, choices=DoNotTrack, default=DoNotTrack.HONOUR)
    dnt_explanation = models.JSONField(default=dict)
    regimes = models.JSONField(
        "rules by place",
        default=list,
        blank=True,
        help_text="Codes of consent/regimes.py. None: one rule for everybody, opt-in.",
    )
    count_impressions = models.BooleanField(
        "count visits and signals",
        default=False,
        help_text="Adds one to a counter when somebody comes to the website. Nothing about anyone is kept.",
    )
    auto_block = models.BooleanField(
        "hold partners back automatically",
        default=False,
        help_text="What pages request from a partner's hosts waits for a yes without marks. The file must be loaded "
        "first, and the page waits for it.",
    )
    onetrust_shim = models.BooleanField(
        "understand what was written for OneTrust",
        default=False,
        help_text="Adds OneTrust's names, events and marks to the website's file, "
        "answered by what visitors decide here.",
    )
    grace_days = models.PositiveSmallIntegerField(
        "let a change wait (days)",
        default=0,
        validators=[MaxValueValidator(90)],
        help_text="For those who have chosen already. Until then they are not asked about it, "
        "and it stays off for them.",
    )
    announce_days = models.PositiveSmallIntegerField(
        "say what changed for (days)",
        default=0,
        validators=[MaxValueValidator(90)],
        help_text="To those who have chosen already, once a visit.",
    )
    grant_days = models.PositiveSmallIntegerField(
        "remember a yes for (days)",
        default=180,
        validators=[MinValueValidator(1), MaxValueValidator(395)],
        help_text="Regulators advise about six months. At most thirteen months.",
    )
    refusal_days = models.PositiveSmallIntegerField(
        "remember a no for (days)",
        default=180,
        validators=[MinValueValidator(180), MaxValueValidator(395)],
        help_text="Not shorter than six months: nobody should be asked again too soon.",
    )
    evidence_days = models.PositiveSmallIntegerField(
        "keep evidence for (days)", default=730, validators=[MinValueValidator(30)]
    )
    evidence_days_by_place = models.JSONField(
        "keep evidence for (days), by place",
        default=dict,
        blank=True,
        help_text="Where a place wants other days: its code in consent/regimes.py, and the days.",
    )

    publish_ledger = models.BooleanField(
        "publish the ledger",
        default=False,
        help_text="Anybody may then follow it: signed checkpoints and hashes, never a record.",
    )
    four_eyes = models.BooleanField(
        "a second person approves",
        default=False,
        help_text="Nothing is published that a reviewer has not approved. Only owners change this.",
    )

    class Meta:
        verbose_name = "policy"
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return f"Policy of {self.site}"

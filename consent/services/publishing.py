"""From the draft to what visitors meet: freeze, compose, put live."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from consent import consent_cookie
from consent.builtin_texts import builtin_texts
from consent.deciding import deciding_regimes
from consent.decisions import DecidingRegime
from consent.delivery.arms import Banner, compose_arms
from consent.delivery.compose import Composed, Schedule, compose, recipe
from consent.experiments import LETTERS, variant_of
from consent.limits import partners_fault, text_fault
from consent.models import Arm, ComposedFile, Experiment, Notice, NoticeVersion, Publication, Review, SitePolicy
from consent.news import Change, news_between
from consent.payload import SCHEMA, canonical_json, digest_of, with_ordinals
from consent.regimes import Regime, in_force, resolved
from consent.services.checking import refuse_what_blocks
from consent.services.draft_rows import DraftRows, draft_rows
from consent.services.webhooks import announce
from consent.webhooks import PUBLISHED
from consent.wording import OPTIONAL_CATEGORIES, version_texts
from cookies.models import Site
from cookies.snapshot import cookie_facts, partner_facts, site_facts
from cookies.vocabulary import CATEGORIES

APPEARANCE = (
    "layout",
    "position",
    "brand_colour",
    "brand_text_colour",
    "dark_brand_colour",
    "dark_brand_text_colour",
    "radius",
    "settings_button",
)
# A file is some ten to a hundred kilobytes with what it is compressed to, and a website may have thirty languages.
A_STATEMENTS_FILES = 100
# A file's kind, the variant that it is of (empty for everybody's), and the file.
Made = tuple[str, str, Composed]


@dataclass(frozen=True)
class PlannedTest:
    """Versions that are shown beside each other, each with its share of a hundred page views, the one that is published
    first; and until when."""

    arms: Sequence[tuple[NoticeVersion, int]]
    ends_at: datetime


@transaction.atomic
def publish(
    *,
    site: Site,
    by: str,
    now: datetime,
    reason: str = "",
    effective_at: datetime | None = None,
    announce_until: datetime | None = None,
    grace_until: datetime | None = None,
    announcement: Mapping[str, str] | None = None,
    looked_at: str = "",
) -> Publication | None:
    """Put the draft before visitors. Publishing what is live already makes nothing and returns None.

    `announce_until`, `grace_until`, `announcement`: see `put_live`. `looked_at`: the digest that the publisher saw.
    Raises ValidationError for a draft that changed since, that the checklist blocks or that no reviewer approved where
    one has to, and where visitors' answers to it could not be kept.
    """
    # Two people may publish at once: the second waits here, then sees that nothing changed.
    Site.objects.select_for_update().get(pk=site.pk)
    latest = site.publications.order_by("-id").select_related("version").first()
    payload = draft_payload(site)
    digest = digest_of(canonical_json(payload))
    if latest and digest == latest.version.digest:
        return None
    if looked_at and looked_at != digest:
        raise ValidationError(
            "The draft has changed since you opened this page. Look at it again, then publish.", code="draft_changed"
        )
    asked = [partner["slug"] for partner in payload["partners"] if partner["category"] != "strictly_necessary"]
    if fault := partners_fault(asked):
        raise ValidationError(fault)
    refuse_what_blocks(site=site, payload=payload)
    if draft_of(site)[1].four_eyes and not is_approved(site, digest):
        raise ValidationError("A reviewer has to approve this draft first.", code="not_approved")
    version = version_of(site, payload, now=now)
    return put_live(
        version=version,
        by=by,
        now=now,
        reason=reason,
        effective_at=effective_at,
        announce_until=announce_until,
        grace_until=grace_until,
        announcement=announcement,
    )


@transaction.atomic
def put_live(
    *,
    version: NoticeVersion,
    by: str,
    now: datetime,
    reason: str = "",
    effective_at: datetime | None = None,
    announce_until: datetime | None = None,
    grace_until: datetime | None = None,
    announcement: Mapping[str, str] | None = None,
    test: PlannedTest | None = None,
) -> Publication:
    """Show a version from now (or from a later moment), new or published before, and compose its files.

    A version passed the checklist, and its review where one was needed, when it was made: going back waits for neither.

    Those who have answered an earlier version are told what changed until `announce_until`, in the website's own words
    per language where there are any (`announcement`), and are asked about what was added from `grace_until` on.
    `test`: beside another version, for some time; see services/experiments.py.
    """
    publication = Publication.objects.create(
        site=version.site,
        version=version,
        published_at=now,
        effective_at=effective_at or now,
        announce_until=announce_until,
        grace_until=grace_until,
        announcement=dict(announcement or {}),
        published_by=by,
        reason=reason,
    )
    if test:
        _begin_experiment(publication, test)
    compose_publication(publication=publication, now=now)
    _announce(publication)
    return publication


def _announce(publication: Publication) -> None:
    version = publication.version
    facts = {
        "version": version.digest,
        "number": version.ordinal,
        "in_effect_at": publication.effective_at.isoformat(),
    }
    announce(site=publication.site, kind=PUBLISHED, facts=facts, now=publication.published_at)


def _begin_experiment(publication: Publication, test: PlannedTest) -> None:
    site = publication.site
    experiment = Experiment.objects.create(
        site=site, publication=publication, number=site.experiments.count() + 1, ends_at=test.ends_at
    )
    for letter, (version, share) in zip(LETTERS, test.arms, strict=True):
        Arm.objects.create(
            experiment=experiment, variant=variant_of(experiment.number, letter), version=version, share=share
        )


def draft_payload(site: Site, *, notice: Notice | None = None) -> dict[str, Any]:
    """The draft as the payload that publishing would freeze now, ordinals included; with another notice than the saved
    one, as it would be then."""
    return payload_of(draft_rows([site])[site.pk], notice=notice)


def payload_of(rows: DraftRows, *, notice: Notice | None = None) -> dict[str, Any]:
    """The same, of rows that were read already."""
    before = json.loads(bytes(rows.latest.version.payload)) if rows.latest else None
    return with_ordinals(_draft(rows, notice or rows.notice), before, ordinal=rows.newest_ordinal + 1)


def latest_payload(site: Site) -> dict[str, Any] | None:
    """What was published last, whether it is in effect yet or not; None where nothing was."""
    latest = site.publications.order_by("-id").select_related("version").first()
    return json.loads(bytes(latest.version.payload)) if latest else None


def is_approved(site: Site, digest: str) -> bool:
    """Whether the newest review of this draft approved it."""
    newest = site.reviews.filter(digest=digest).order_by("-id").first()
    return newest is not None and newest.decision == Review.Decision.APPROVED


def live_publication(site: Site, *, now: datetime) -> Publication | None:
    """What visitors are shown at this moment."""
    return Publication.objects.live(now=now).filter(site=site).select_related("version", "site").first()


def compose_publication(*, publication: Publication, now: datetime) -> list[ComposedFile]:
    """Make and keep the files of one publication with the present engine; those that exist stay as they are."""
    version = publication.version
    payload = json.loads(bytes(version.payload))
    schedule = schedule_of(publication)
    news = _news(publication, payload)
    made: list[Made] = []
    for language in payload["languages"]:
        composed = compose(
            payload=payload,
            digest=version.digest,
            language=language,
            schedule=schedule,
            news=news,
            announcement=publication.announcement,
            public_url=settings.PUBLIC_URL,
        )
        made += [(kind, "", file) for kind, file in composed.items()]
    files = _kept(publication, made, now=now)
    # What a test is composed of is not needed any more once it has ended.
    experiment = Experiment.objects.filter(publication=publication, ends_at__gt=now).first()
    return files + (compose_experiment(experiment=experiment, now=now) if experiment else [])


def compose_experiment(*, experiment: Experiment, now: datetime) -> list[ComposedFile]:
    """Make and keep what a test needs beside the files of its publication: a first file that draws a banner, and what
    the others than the first load later."""
    publication = experiment.publication
    banners = [_banner(arm) for arm in experiment.arms.select_related("version")]
    schedule, news = schedule_of(publication), _news(publication, banners[0].payload)
    made: list[Made] = []
    for language in banners[0].payload["languages"]:
        first, later = compose_arms(
            arms=banners,
            until=_seconds(experiment.ends_at),
            language=language,
            schedule=schedule,
            news=news,
            announcement=publication.announcement,
            public_url=settings.PUBLIC_URL,
        )
        made.append((ComposedFile.Kind.SNIPPET, str(experiment.number), first))
        for banner in banners[1:]:
            made += [(kind, banner.variant, file) for kind, file in later[banner.variant].items()]
    return _kept(publication, made, now=now)


def _banner(arm: Arm) -> Banner:
    return Banner(arm.variant, arm.share, json.loads(bytes(arm.version.payload)), arm.version.digest)


def _kept(publication: Publication, made: Sequence[Made], *, now: datetime) -> list[ComposedFile]:
    """The files as they are kept, in this order: new ones by the hundred, whoever else keeps the same meanwhile."""
    rows = ComposedFile.objects.filter(
        publication=publication,
        recipe=recipe(settings.PUBLIC_URL),
        variant__in={variant for _, variant, _ in made},
    )

    def known() -> dict[tuple[str, str, str], ComposedFile]:
        return {(row.language, row.kind, row.variant): row for row in rows.all()}

    kept = known()
    new = [
        ComposedFile(
            publication=publication,
            recipe=recipe(settings.PUBLIC_URL),
            language=file.language,
            kind=kind,
            variant=variant,
            digest=file.digest,
            body=file.body,
            # Compressing costs more than everything else, and is done for files that are new.
            brotli=file.brotli,
            gzip=file.gzip,
            composed_at=now,
        )
        for kind, variant, file in made
        if (file.language, kind, variant) not in kept
    ]
    if new:
        ComposedFile.objects.bulk_create(new, batch_size=A_STATEMENTS_FILES, ignore_conflicts=True)
        kept = known()
    return [kept[file.language, kind, variant] for kind, variant, file in made]


def schedule_of(publication: Publication) -> Schedule:
    """What the files of a publication know beside its version."""
    remembered = _remembered(publication)
    return Schedule(
        ordinals={version.digest[:12]: version.ordinal for version in remembered},
        regimes=frozenset(row["code"] for version in remembered for row in _regimes_of(version)),
        grace=_grace(publication),
        announce_until=_seconds(publication.announce_until),
    )


def _grace(publication: Publication) -> dict[str, int]:
    """The ordinals about which those who had answered before are not asked yet, and until when."""
    earlier = publication.site.publications.filter(
        id__lte=publication.id, grace_until__gt=publication.effective_at
    ).values_list("version__ordinal", "grace_until")
    return {str(ordinal): _seconds(until) for ordinal, until in earlier}


def _seconds(moment: datetime | None) -> int:
    return int(moment.timestamp()) if moment else 0


def _news(publication: Publication, payload: Mapping[str, Any]) -> list[Change]:
    """What is announced: the differences from what was live before."""
    if publication.announce_until is None:
        return []
    before = (
        publication.site.publications.filter(id__lt=publication.id)
        .exclude(version=publication.version)
        .order_by("-effective_at", "-id")
        .select_related("version")
        .first()
    )
    return news_between(json.loads(bytes(before.version.payload)), payload) if before else []


def _remembered(publication: Publication) -> list[NoticeVersion]:
    """The versions that a stored choice may still refer to.

    A version counts while it was live within the longest memory before this publication; the one that is live
    now is always among them.
    """
    longest = timedelta(days=_longest_memory(deciding_regimes(json.loads(bytes(publication.version.payload)))))
    shown = list(
        publication.site.publications.filter(id__lte=publication.id)
        .order_by("effective_at", "id")
        .select_related("version")
    )
    ends = [following.effective_at for following in shown[1:]] + [publication.effective_at]
    horizon = publication.effective_at - longest
    remembered = [earlier for earlier, end in zip(shown, ends, strict=True) if end >= horizon]
    # Whoever answered another banner of a test has answered as well as those who answered the first.
    arms = Arm.objects.filter(experiment__publication__in=remembered).select_related("version")
    return [*(earlier.version for earlier in remembered), *(arm.version for arm in arms)]


def _longest_memory(rows: Iterable[Regime | DecidingRegime]) -> int:
    """In days. Where things run until they are refused, cookies are kept as long as browsers allow."""
    return max(
        consent_cookie.LONGEST_DAYS if row.model != "opt_in" else max(row.grant_days, row.refusal_days) for row in rows
    )


def _regimes_of(version: NoticeVersion) -> list[dict[str, Any]]:
    regimes: list[dict[str, Any]] = json.loads(bytes(version.payload))["regimes"]
    return regimes


def version_of(site: Site, payload: Mapping[str, Any], *, now: datetime) -> NoticeVersion:
    """The payload frozen; the same as before where it was frozen before."""
    raw = canonical_json(payload)
    existing = site.versions.filter(digest=digest_of(raw)).first()
    return existing or NoticeVersion.objects.create(
        site=site, ordinal=_next_ordinal(site), digest=digest_of(raw), payload=raw, created_at=now
    )


def _next_ordinal(site: Site) -> int:
    newest = site.versions.order_by("-ordinal").values_list("ordinal", flat=True).first()
    return (newest or 0) + 1


def _draft(rows: DraftRows, notice: Notice) -> dict[str, Any]:
    site, policy = rows.site, rows.policy
    languages = [site.default_language, *(code for code in notice.languages if code != site.default_language)]
    partners, cookies = partner_facts(rows.partners), cookie_facts(rows.cookies)
    used = {fact["category"] for fact in (*partners, *cookies)}
    texts = {
        language: version_texts(
            language=language,
            builtin=builtin_texts(language),
            overrides=notice.texts.get(language, {}),
            site_name=site.name,
            partner_count=sum(partner["category"] != "strictly_necessary" for partner in partners),
            used_categories=[code for code in OPTIONAL_CATEGORIES if code in used],
        )
        for language in languages
    }
    regimes = in_force(policy.regimes, grant_days=policy.grant_days, refusal_days=policy.refusal_days)
    return {
        "schema": SCHEMA,
        "site": site_facts(site),
        "languages": languages,
        "texts": texts,
        "appearance": {name: getattr(notice, name) for name in APPEARANCE},
        "categories": [
            {
                "code": code,
                "title": {language: texts[language][f"{code}_title"] for language in languages},
                "description": {language: texts[language][f"{code}_description"] for language in languages},
            }
            for code in CATEGORIES
        ],
        "partners": partners,
        "cookies": [*_consent_storage(_longest_memory(regimes), texts), *cookies],
        "policy": {
            "dnt": policy.dnt,
            "dnt_explanation": policy.dnt_explanation,
            "count_impressions": policy.count_impressions,
            # Only where it is chosen: all other websites publish what they did before there was a choice.
            **({"onetrust_shim": True} if policy.onetrust_shim else {}),
            **({"auto_block": True} if policy.auto_block else {}),
        },
        "regimes": [resolved(row) for row in regimes],
        "opt_out_links": [{"label": link.label, "url": link.url} for link in rows.opt_out_links],
    }


def _consent_storage(days: int, texts: Mapping[str, Mapping[str, str]]) -> list[dict[str, Any]]:
    """What we ourselves keep in a browser after a decision, and for how many days at most: it is declared like
    everything else."""
    return [
        {
            "name": name,
            "partner": None,
            "category": "strictly_necessary",
            "technology": technology,
            "party": "first",
            "lifetime": lifetime,
            "domain": "",
            "purpose": {language: words[purpose] for language, words in texts.items()},
        }
        for name, technology, lifetime, purpose in (
            (consent_cookie.NAME, "cookie", f"{days} day", "consent_cookie_purpose"),
            (consent_cookie.QUEUE, "local_storage", "persistent", "consent_queue_purpose"),
        )
    ]


def draft_of(site: Site) -> tuple[Notice, SitePolicy]:
    """The website's draft and policy. Where nobody saved one yet: good defaults, not saved either."""
    notice = Notice.objects.filter(site=site).first() or Notice(site=site, languages=[site.default_language])
    policy = SitePolicy.objects.filter(site=site).first() or SitePolicy(site=site)
    return notice, policy


def check_texts(texts: Mapping[str, str], builtin: Mapping[str, str]) -> None:
    """Raise ValidationError for a text that is too long, or lost a placeholder which visitors need."""
    errors = {key: fault for key, text in texts.items() if (fault := text_fault(key, text))}
    errors |= {
        key: f"Keep {placeholder} in this text: it is filled in when it is shown."
        for key, text in texts.items()
        for placeholder in ("{name}", "{date}", "{count}")
        if text and placeholder in builtin.get(key, "") and placeholder not in text
    }
    if errors:
        raise ValidationError(errors)

"""Putting the draft before visitors: what would change, for whom and when, how it looks, and the one button."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from consent.admin.draft_pages import listed, review_words, subpages
from consent.checklist import blocking
from consent.differences import announcements, changes, late_notices
from consent.forms import PublishForm
from consent.models import Publication, SitePolicy
from consent.news import news_between
from consent.payload import canonical_json, digest_of
from consent.promises import promised_days
from consent.regime_words import place_name, rule_name
from consent.reports.consequences import still_granted
from consent.schedules import day_words, moment_words
from consent.services.checking import check_draft
from consent.services.experiments import running_experiment
from consent.services.publishing import draft_of, draft_payload, is_approved
from consent.services.publishing import publish as publish_draft
from consent.services.reviewing import latest_review
from consent.side_by_side import asked_again, asked_sentence
from cookies.access import PUBLISHES, READS_DRAFT
from cookies.admin.languages import language_name, languages_of
from cookies.admin.log import DECISION, record_action
from cookies.admin.pages import go_to, page_url, sent, show, site_page
from cookies.models import Site

VIEW, ADD = "consent.view_publication", "consent.add_publication"


@site_page(
    "publish/",
    name="publish",
    sees=VIEW,
    writes=ADD,
    roles=READS_DRAFT,
    writers=PUBLISHES,
    tab="Publish",
    position=60,
)
def publish(request: HttpRequest, site: Site) -> HttpResponse:
    now = timezone.now()
    latest = site.publications.order_by("-id").select_related("version").first()
    before, draft = _payload(latest), draft_payload(site)
    news = news_between(before, draft) if before else []
    form = PublishForm(
        sent(request),
        now=now,
        languages=languages_of(site),
        is_first=latest is None,
        has_news=bool(news),
        initial=_proposed(draft_of(site)[1], before, draft, now=now),
    )
    if request.method == "POST" and form.is_valid() and _publish(request, site, form):
        return go_to(site, "publish")
    digest = digest_of(canonical_json(draft))
    found = check_draft(site=site, payload=draft)
    policy = draft_of(site)[1]
    has_changes = latest is None or latest.version.digest != digest
    must_wait = has_changes and policy.four_eyes and not is_approved(site, digest)
    return show(
        request,
        site,
        "publish",
        title="Publish",
        tab="publish",
        form=form,
        subpages=subpages(request, site, "publish"),
        blocked=listed(request, site, blocking(found)),
        advice=listed(request, site, [finding for finding in found if not finding.is_blocking]),
        must_wait=must_wait,
        review_words=review_words(latest_review(site, digest)) if must_wait else "",
        may_publish=not must_wait and not (has_changes and blocking(found)),
        asked=_asked(site, before, draft, form, now=now),
        # What is looked at from now on is what the button publishes.
        digest=digest,
        latest=latest,
        has_changes=has_changes,
        test=running_experiment(site, now=now),
        sentences=changes(before, draft, asked_from=form.shown_asked_from(), now=now),
        announced=announcements(news, draft, now=now),
        announcement_fields=form.fields_named("announcement_"),
        late=late_notices(before, draft, notice_days=site.partner_notice_days, today=now.date()),
        waiting=site.publications.filter(effective_at__gt=now).order_by("effective_at").select_related("version"),
        languages=[
            (language_name(code), f"{page_url(site, 'preview')}?language={code}") for code in languages_of(site)
        ],
        regimes=_regime_previews(site, draft),
    )


def _proposed(
    policy: SitePolicy, before: dict[str, Any] | None, draft: dict[str, Any], *, now: datetime
) -> dict[str, date]:
    """The days that the form begins with."""
    return promised_days(
        grace_days=policy.grace_days,
        announce_days=policy.announce_days,
        before=before,
        draft=draft,
        today=now.date(),
    )


def _asked(
    site: Site, before: dict[str, Any] | None, draft: dict[str, Any], form: PublishForm, *, now: datetime
) -> list[str]:
    """How many of those who have answered are asked again, a sentence per category."""
    asked = asked_again(before, draft)
    if before is None or not asked:
        return []
    granted = still_granted(site, [one.category for one in asked], before, now=now)
    starts = form.shown_asked_from()
    return [
        asked_sentence(
            one,
            granted.people[one.category],
            is_least=granted.is_least,
            starts=day_words(starts) if starts else "",
        )
        for one in asked
    ]


def _regime_previews(site: Site, draft: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Where rules differ by place: each place, its rule, and the address of its preview."""
    rows = draft["regimes"] if len(draft["regimes"]) > 1 else []
    return [(place_name(row), rule_name(row), f"{page_url(site, 'preview')}?regime={row['code']}") for row in rows]


def _publish(request: HttpRequest, site: Site, form: PublishForm) -> bool:
    dates = form.dates()
    try:
        publication = publish_draft(
            site=site,
            by=request.user.get_username(),
            now=form.now,
            reason=form.cleaned_data["reason"],
            effective_at=dates.effective_at,
            grace_until=dates.grace_until,
            announce_until=dates.announce_until,
            announcement=form.announcement(),
            looked_at=form.cleaned_data["draft"],
        )
    except ValidationError as error:
        form.refuse(error)
        return False
    if publication is None:
        messages.info(request, _unchanged(site))
        return True
    number = publication.version.ordinal
    is_later = publication.effective_at > form.now
    when = f", in effect from {moment_words(publication.effective_at)}" if is_later else ""
    record_action(request, site, f"Published version {number}{when}.", flag=DECISION)
    messages.success(request, _said(publication, is_later=is_later))
    return True


def _said(publication: Publication, *, is_later: bool) -> str:
    number = publication.version.ordinal
    sentences = [f"Version {number} is live. Visitors meet it within a few minutes."]
    if is_later:
        sentences = [f"Version {number} takes effect on {moment_words(publication.effective_at)}."]
    if publication.grace_until:
        sentences.append(f"Those who have chosen are asked from {day_words(publication.grace_until.date())}.")
    if publication.announce_until:
        sentences.append(f"What changed is said until {day_words(publication.announce_until.date())}.")
    return " ".join(sentences)


def _unchanged(site: Site) -> str:
    latest = site.publications.select_related("version").latest("id")
    return f"Nothing has changed since version {latest.version.ordinal}; nothing was published."


def _payload(publication: Publication | None) -> dict[str, Any] | None:
    return json.loads(bytes(publication.version.payload)) if publication else None

"""Four eyes: a draft is published only once somebody other than its author has approved it.

The reviewer is neither who asked nor who edited last: what came last is what nobody else has seen. Who edited earlier
may approve, or a team of two could never publish again after both had touched the draft.
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from consent.models import Review, SitePolicy
from consent.services.drafting import draft_digest
from consent.services.publishing import draft_of
from cookies.models import Site


@transaction.atomic
def request_review(*, site: Site, by: str, now: datetime, note: str = "", looked_at: str = "") -> Review:
    """Ask for a look at the draft as it is. Raises ValidationError where there is nothing to ask.

    `looked_at`: the digest that the author saw.
    """
    _wait_for_others(site)
    digest = draft_digest(site)
    if looked_at and looked_at != digest:
        raise ValidationError("The draft has changed since you opened this page. Look at it again, then ask.")
    latest = latest_review(site, digest)
    if latest and latest.decision is None:
        raise ValidationError(f"{latest.requested_by} has asked for a review of this draft already.")
    if latest and latest.decision == Review.Decision.APPROVED:
        raise ValidationError(f"{latest.decided_by} has approved this draft already.")
    return Review.objects.create(site=site, digest=digest, requested_by=by, requested_at=now, note=note)


@transaction.atomic
def decide_review(
    *, site: Site, review_id: int, approved: bool, by: str, now: datetime, last_editor: str = "", reason: str = ""
) -> Review:
    """Approve a draft or send it back, once. `last_editor`: who changed it last, as the log knows.

    Raises ValidationError for the author, for a draft that changed, and for a review that is decided.
    """
    _wait_for_others(site)
    review = site.reviews.filter(pk=review_id).first()
    if review is None:
        raise ValidationError("There is no such review.")
    if review.decision is not None:
        raise ValidationError(f"{review.decided_by} has decided already.")
    if fault := reviewer_fault(review, by=by, last_editor=last_editor):
        raise ValidationError(fault)
    if not approved and not reason.strip():
        raise ValidationError({"reason": "Say what has to change."})
    if review.digest != draft_digest(site):
        raise ValidationError("The draft has changed since the review was asked for. It needs a new one.")
    decision = Review.Decision.APPROVED if approved else Review.Decision.REFUSED
    decided = {"decision": decision, "decided_by": by, "decided_at": now, "reason": reason.strip()}
    Review.objects.filter(pk=review.pk).update(**decided)
    review.refresh_from_db()
    return review


def reviewer_fault(review: Review, *, by: str, last_editor: str) -> str:
    """Why this person can't decide; empty where nothing is against it."""
    if by == review.requested_by:
        return "You asked for this review, so somebody else decides."
    if by == last_editor:
        return "You changed the draft last, so somebody else decides."
    return ""


def latest_review(site: Site, digest: str) -> Review | None:
    """The newest review of a draft, decided or not."""
    return site.reviews.filter(digest=digest).order_by("-id").first()


@transaction.atomic
def set_four_eyes(*, site: Site, is_on: bool) -> SitePolicy:
    """Say whether drafts of this website need a review."""
    _, policy = draft_of(site)
    policy.four_eyes = is_on
    if policy.pk:
        policy.save(update_fields=["four_eyes"])
    else:
        policy.save()
    return policy


def _wait_for_others(site: Site) -> None:
    Site.objects.select_for_update().get(pk=site.pk)

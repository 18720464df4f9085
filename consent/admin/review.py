"""Four eyes: an author asks, a reviewer looks at what would change and decides. And what a reviewer answers for."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from consent.admin.draft_pages import acknowledged_words, listed, review_words, subpages
from consent.checklist import LOADS_EARLY, blocking
from consent.differences import changes
from consent.models import Review
from consent.payload import canonical_json, digest_of
from consent.services.checking import acknowledge, acknowledgements, check_draft
from consent.services.publishing import draft_of, draft_payload, latest_payload
from consent.services.reviewing import decide_review, latest_review, request_review, reviewer_fault, set_four_eyes
from cookies.access import EDITS, OWNS, READS_DRAFT, REVIEWS
from cookies.admin.languages import language_name, languages_of
from cookies.admin.log import DECISION, last_editor, record_action
from cookies.admin.pages import go_to, may_write, page_url, sent, show, site_page
from cookies.forms import CalmForm
from cookies.models import Site

VIEW, ADD, CHANGE = (f"consent.{verb}_review" for verb in ("view", "add", "change"))
ACKNOWLEDGE = "consent.add_acknowledgement"


class RequestForm(CalmForm):
    note = forms.CharField(
        label="What the reviewer should know",
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    draft = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class DecisionForm(CalmForm):
    decision_reason = forms.CharField(
        label="Why",
        required=False,
        max_length=300,
        help_text="Needed to send a draft back. The author reads it.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    review = forms.IntegerField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(choices=Review.Decision.choices, widget=forms.HiddenInput)


class AcknowledgeForm(CalmForm):
    reason = forms.CharField(
        label="Why this is lawful here",
        required=False,
        max_length=300,
        help_text="For auditors. Visitors don't see it.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@site_page("publish/review/", name="review", sees=VIEW, roles=READS_DRAFT)
def review(request: HttpRequest, site: Site) -> HttpResponse:
    return _show(request, site)


@site_page("publish/review/ask/", name="review-ask", sees=VIEW, writes=ADD, roles=EDITS, only_post=True)
def ask(request: HttpRequest, site: Site) -> HttpResponse:
    form = RequestForm(request.POST)
    if form.is_valid():
        try:
            request_review(
                site=site,
                by=request.user.get_username(),
                now=timezone.now(),
                note=form.cleaned_data["note"],
                looked_at=form.cleaned_data["draft"],
            )
        except ValidationError as error:
            form.refuse(error)
        else:
            record_action(request, site, "Asked for a review of the draft.", flag=DECISION)
            messages.success(request, "A reviewer can decide now. If the draft changes, ask again.")
            return go_to(site, "review")
    return _show(request, site, ask_form=form)


@site_page("publish/review/decide/", name="review-decide", sees=VIEW, writes=CHANGE, roles=REVIEWS, only_post=True)
def decide(request: HttpRequest, site: Site) -> HttpResponse:
    form = DecisionForm(request.POST)
    if form.is_valid():
        try:
            decided = decide_review(
                site=site,
                review_id=form.cleaned_data["review"],
                approved=form.cleaned_data["decision"] == Review.Decision.APPROVED,
                by=request.user.get_username(),
                now=timezone.now(),
                last_editor=last_editor(site),
                reason=form.cleaned_data["decision_reason"],
            )
        except ValidationError as error:
            form.refuse(error, reason="decision_reason")
        else:
            verb = "Approved the draft" if decided.decision == Review.Decision.APPROVED else "Sent the draft back"
            reason = f": {decided.reason}" if decided.reason else ""
            record_action(request, site, f"{verb} {decided.digest[:12]}{reason}.", flag=DECISION)
            messages.success(request, f"{verb}.")
            return go_to(site, "review")
    return _show(request, site, decide_form=form)


@site_page("publish/four-eyes/", name="four-eyes", sees=VIEW, writes="cookies.change_site", roles=OWNS, only_post=True)
def four_eyes(request: HttpRequest, site: Site) -> HttpResponse:
    is_on = request.POST.get("four_eyes") == "on"
    set_four_eyes(site=site, is_on=is_on)
    words = "From now on a reviewer approves each draft." if is_on else "Drafts need no review any more."
    record_action(request, site, words, flag=DECISION)
    messages.success(request, words)
    return go_to(site, "review")


@site_page("publish/acknowledge/<slug:slug>/", name="acknowledge", sees=VIEW, writes=ACKNOWLEDGE, roles=REVIEWS)
def acknowledge_page(request: HttpRequest, site: Site, slug: str) -> HttpResponse:
    """That a partner loads before a yes: a reviewer answers for it, or no longer does."""
    partner = get_object_or_404(site.partners.in_use(), slug=slug)
    standing = acknowledgements(site).get((LOADS_EARLY, slug))
    form = AcknowledgeForm(sent(request))
    if request.method == "POST" and partner.loads_early and form.is_valid():
        stands, reason = standing is None, form.cleaned_data["reason"]
        try:
            acknowledge(
                site=site,
                code=LOADS_EARLY,
                partner=slug,
                by=request.user.get_username(),
                now=timezone.now(),
                reason=reason,
                stands=stands,
            )
        except ValidationError as error:
            form.refuse(error)
        else:
            verb = "Acknowledged" if stands else "No longer acknowledges"
            record_action(request, site, f"{verb} that {partner.name} loads before a yes: {reason}", flag=DECISION)
            messages.success(request, "It is written down, with your name.")
            return go_to(site, "publish")
    return show(
        request,
        site,
        "acknowledge",
        title=f"{partner.name} loads before a yes",
        tab="publish",
        partner=partner,
        form=form,
        standing=acknowledged_words(standing) if standing else "",
        back=page_url(site, "publish"),
    )


def _show(
    request: HttpRequest, site: Site, *, ask_form: RequestForm | None = None, decide_form: DecisionForm | None = None
) -> HttpResponse:
    now, draft = timezone.now(), draft_payload(site)
    digest = digest_of(canonical_json(draft))
    before, found = latest_payload(site), check_draft(site=site, payload=draft)
    newest = latest_review(site, digest)
    waiting = newest if newest and newest.decision is None else None
    fault = ""
    if waiting:
        fault = reviewer_fault(waiting, by=request.user.get_username(), last_editor=last_editor(site))
    live = site.publications.live(now=now).filter(version__digest=digest).exists()
    return show(
        request,
        site,
        "review",
        title="Review",
        tab="publish",
        subpages=subpages(request, site, "review"),
        four_eyes=draft_of(site)[1].four_eyes,
        may_switch=may_write(request, site, "four-eyes"),
        may_ask=may_write(request, site, "review-ask") and not live,
        may_decide=may_write(request, site, "review-decide"),
        digest=digest,
        newest=newest,
        waiting=waiting,
        words=review_words(newest),
        fault=fault,
        is_published=live,
        sentences=changes(before, draft, now=now),
        blocked=listed(request, site, blocking(found)),
        advice=len(found) - len(blocking(found)),
        ask_form=ask_form or RequestForm(),
        decide_form=decide_form or DecisionForm(),
        form=ask_form or decide_form or RequestForm(),
        earlier=site.reviews.exclude(decision=None)[:10],
        previews=[(language_name(code), f"{page_url(site, 'preview')}?language={code}") for code in languages_of(site)],
        compare_url=page_url(site, "compare"),
    )

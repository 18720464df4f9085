"""A test of two banners: what would be compared, how it is begun and stopped, and what came of it once it has ended."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from consent.admin.ab_test_words import arm_rows, difference_words, end_words, finding_words, phase_words, prospect_rows
from consent.admin.draft_pages import listed, review_words, subpages
from consent.checklist import blocking
from consent.delivery.compose import FIRST_VIEW_KEYS
from consent.differences import changes
from consent.experiments import ALL_SHARES, FEWEST_DAYS, LEAST_SHARE, MOST_DAYS, banner_fault
from consent.models import Experiment
from consent.payload import canonical_json, digest_of
from consent.reports.experiments import Outcome, outcomes, prospects
from consent.services.checking import check_draft
from consent.services.experiments import start_experiment, stop_experiment
from consent.services.publishing import draft_of, draft_payload, is_approved, live_publication
from consent.services.reviewing import latest_review
from cookies.access import PUBLISHES, READS_DRAFT
from cookies.admin.log import DECISION, record_action
from cookies.admin.pages import go_to, may_write, page_url, reason_sent, sent, show, site_page
from cookies.forms import CalmForm
from cookies.models import Site

VIEW, ADD = "consent.view_publication", "consent.add_publication"
USUAL_DAYS, USUAL_SHARE = 14, 50


class StartForm(CalmForm):
    last_day = forms.DateField(
        label="Last day",
        help_text=f"{FEWEST_DAYS} to {MOST_DAYS} days from now, in UTC. It can't be moved once the test runs.",
        widget=forms.DateInput(attrs={"type": "date", "class": "sy-moment"}, format="%Y-%m-%d"),
    )
    share = forms.IntegerField(
        label="Page views with banner B",
        min_value=LEAST_SHARE,
        max_value=ALL_SHARES - LEAST_SHARE,
        help_text="Of a hundred page views before an answer. The others show banner A.",
        widget=forms.NumberInput(attrs={"class": "sy-short"}),
    )
    reason = forms.CharField(
        label="What you want to know",
        required=False,
        max_length=300,
        help_text="For your colleagues and auditors. Visitors don't see it.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    draft = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


@site_page("publish/test/", name="ab-test", sees=VIEW, writes=ADD, roles=READS_DRAFT, writers=PUBLISHES)
def ab_test(request: HttpRequest, site: Site) -> HttpResponse:
    now = timezone.now()
    usual = {"last_day": now.date() + timedelta(days=USUAL_DAYS), "share": USUAL_SHARE}
    form = StartForm(sent(request), initial=usual)
    if request.method == "POST" and form.is_valid():
        try:
            experiment = start_experiment(
                site=site,
                by=request.user.get_username(),
                now=now,
                last_day=form.cleaned_data["last_day"],
                share=form.cleaned_data["share"],
                reason=form.cleaned_data["reason"],
                looked_at=form.cleaned_data["draft"],
            )
        except ValidationError as error:
            form.refuse(error)
        else:
            record_action(request, site, _said(experiment), flag=DECISION)
            messages.success(request, "The test runs. Visitors meet it within a few minutes.")
            return go_to(site, "ab-test")
    return _show(request, site, form)


@site_page("publish/test/stop/", name="ab-test-stop", sees=VIEW, writes=ADD, roles=PUBLISHES, only_post=True)
def stop(request: HttpRequest, site: Site) -> HttpResponse:
    reason = reason_sent(request)
    try:
        publication = stop_experiment(site=site, by=request.user.get_username(), now=timezone.now(), reason=reason)
    except ValidationError as error:
        messages.info(request, " ".join(error.messages))
    else:
        record_action(request, site, f"Stopped the A/B test before its end. {publication.reason}", flag=DECISION)
        messages.success(request, "The test is over. Visitors meet banner A again within a few minutes.")
    return go_to(site, "ab-test")


def _said(experiment: Experiment) -> str:
    first, second = experiment.arms.select_related("version")
    return (
        f"Started A/B test {experiment.number}: version {second.version.ordinal} on {second.share} of a hundred page "
        f"views, version {first.version.ordinal} on the others, until the end of {end_words(experiment.ends_at)}."
    )


def _show(request: HttpRequest, site: Site, form: StartForm) -> HttpResponse:
    now = timezone.now()
    tests = outcomes(site, now=now)
    running = next((test for test in tests if test.phase == "running"), None)
    return show(
        request,
        site,
        "ab_test",
        title="A/B test",
        tab="publish",
        subpages=subpages(request, site, "ab-test"),
        form=form,
        running=running and _running(site, running),
        may_stop=may_write(request, site, "ab-test-stop"),
        may_publish=may_write(request, site, "version-again"),
        finished=[_finished(site, test) for test in tests if test is not running],
        **({} if running else _proposed(request, site)),
    )


def _running(site: Site, test: Outcome) -> dict[str, Any]:
    return {"words": phase_words(test), "answers": test.answers, "arms": _arms(site, test), "test": test}


def _finished(site: Site, test: Outcome) -> dict[str, Any]:
    return {
        "test": test,
        # Nothing is published by itself: a person looks at that version, and publishes it there.
        "winner": _arms(site, test)[-1] if test.verdict == "second" else None,
        "words": phase_words(test),
        "finding": finding_words(test),
        "difference": difference_words(test.difference),
        "rows": arm_rows(test),
        "arms": _arms(site, test),
    }


def _arms(site: Site, test: Outcome) -> list[dict[str, Any]]:
    return [
        {
            "name": f"Banner {test.letter_of[arm.variant]}",
            "version": arm.version.ordinal,
            "share": arm.share,
            "url": page_url(site, "version", arm.version.ordinal),
            "preview": page_url(site, "version-preview", arm.version.ordinal),
        }
        for arm in test.arms
    ]


def _proposed(request: HttpRequest, site: Site) -> dict[str, Any]:
    """What a test would compare now, and what is against it."""
    now = timezone.now()
    live, draft = live_publication(site, now=now), draft_payload(site)
    control = json.loads(bytes(live.version.payload)) if live else None
    digest = digest_of(canonical_json(draft))
    fault = banner_fault(control, draft, banner_texts=FIRST_VIEW_KEYS) if control else ""
    blocked = blocking(check_draft(site=site, payload=draft))
    must_wait = draft_of(site)[1].four_eyes and not is_approved(site, digest)
    return {
        "live": live,
        "digest": digest,
        "fault": fault,
        "sentences": changes(control, draft, now=now) if control and not fault else [],
        "blocked": [] if fault else listed(request, site, blocked),
        "must_wait": must_wait and not fault,
        "review_words": review_words(latest_review(site, digest)) if must_wait else "",
        "may_start": live is not None and not (fault or blocked or must_wait),
        "prospects": prospect_rows(prospects(site, now=now, share=USUAL_SHARE)),
        "frames": [
            ("Banner A: what is live", page_url(site, "version-preview", live.version.ordinal)),
            ("Banner B: the draft", page_url(site, "preview")),
        ]
        if live and not fault
        else [],
    }

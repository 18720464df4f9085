"""How long evidence is kept, what was forgotten, and what a legal hold keeps. Only owners change the days."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from consent.admin.evidence import VIEW, subpages
from consent.evidence_forms import HoldForm, RetentionForm, place_field
from consent.services.holds import lift_hold, set_hold
from consent.services.retention import keeping_of, rehearse_retention, set_retention
from cookies.access import OWNS, READS_EVIDENCE
from cookies.admin.log import DECISION, record_action
from cookies.admin.pages import go_to, may_write, page_url, reason_sent, sent, show, site_page
from cookies.models import Site

CHANGE, HOLD = "consent.change_sitepolicy", "consent.add_legalhold"
SHOWN = 20


@site_page("retention/", name="retention", sees=VIEW, writes=CHANGE, roles=READS_EVIDENCE, writers=OWNS)
def retention(request: HttpRequest, site: Site) -> HttpResponse:
    form = RetentionForm(sent(request), keeping=keeping_of(site))
    if request.method == "POST" and form.is_valid():
        try:
            set_retention(site=site, days=form.cleaned_data["days"], by_place=form.by_place)
        except ValidationError as error:
            form.refuse(error, **{code: place_field(code) for code in form.by_place})
        else:
            record_action(request, site, f"Changed how long evidence is kept: {_words(form)}.", flag=DECISION)
            messages.success(request, "Saved. It counts from tomorrow's run on: what is removed does not come back.")
            return go_to(site, "retention")
    return _page(request, site, form=form)


@site_page("retention/count/", name="retention-count", sees=VIEW, writes=HOLD, roles=READS_EVIDENCE, only_post=True)
def retention_count(request: HttpRequest, site: Site) -> HttpResponse:
    """A dry run: how much would go today."""
    done = rehearse_retention(site=site, now=timezone.now())
    messages.info(
        request,
        f"A run now would remove the contents of {done.count:,} records. {done.held:,} more have expired and are held. "
        "Nothing was removed.",
    )
    return go_to(site, "retention")


@site_page("holds/new/", name="hold-new", sees=VIEW, writes=HOLD, roles=READS_EVIDENCE)
def hold_new(request: HttpRequest, site: Site) -> HttpResponse:
    form = HoldForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            set_hold(site=site, terms=form.terms, by=request.user.get_username(), now=timezone.now())
        except ValidationError as error:
            form.refuse(error)
        else:
            record_action(request, site, f"Set a legal hold: {form.terms.reason}", flag=DECISION)
            messages.success(request, "The hold stands. What it covers is not forgotten until somebody lifts it.")
            return go_to(site, "retention")
    return show(
        request, site, "hold", title="Set a legal hold", tab="evidence", form=form, back=page_url(site, "retention")
    )


@site_page("holds/<int:number>/lift/", name="hold-lift", sees=VIEW, writes=HOLD, roles=READS_EVIDENCE, only_post=True)
def hold_lift(request: HttpRequest, site: Site, number: int) -> HttpResponse:
    hold = get_object_or_404(site.holds, pk=number)
    reason = reason_sent(request)
    try:
        lift_hold(hold=hold, reason=reason, by=request.user.get_username(), now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        record_action(request, site, f"Lifted a legal hold: {hold.reason}", flag=DECISION)
        messages.success(request, "The hold is lifted. What has expired meanwhile goes with the next run.")
    return go_to(site, "retention")


def _page(request: HttpRequest, site: Site, *, form: RetentionForm) -> HttpResponse:
    holds = list(site.holds.all())
    return show(
        request,
        site,
        "retention",
        title="Retention and holds",
        tab="evidence",
        subpages=subpages(request, site, "retention"),
        form=form,
        standing=[(hold, page_url(site, "hold-lift", hold.pk)) for hold in holds if hold.lifted_at is None],
        lifted=[hold for hold in holds if hold.lifted_at is not None],
        runs=site.retention_runs.all()[:SHOWN],
        may_save=may_write(request, site, "retention"),
        may_hold=may_write(request, site, "hold-new"),
        hold_url=page_url(site, "hold-new"),
        count_url=page_url(site, "retention-count"),
        back=page_url(site, "evidence"),
    )


def _words(form: RetentionForm) -> str:
    places = [f"{code} {days}" for code, days in sorted(form.by_place.items())]
    return ", ".join([f"{form.cleaned_data['days']} days", *places])

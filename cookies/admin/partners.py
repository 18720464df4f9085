"""The partners of a website: from the library, by hand, changed, archived and restored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from cookies.access import EDITS, SEES
from cookies.admin.languages import languages_of
from cookies.admin.log import ADDITION, record_action
from cookies.admin.pages import go_to, may_open, page_url, sent, show, site_page
from cookies.forms import CATEGORY_CONSEQUENCES, CategoryForm, LibraryPartnerForm, MoveForm, PartnerForm
from cookies.models import Partner, Site
from cookies.models.catalogue import translated
from cookies.partner_library import LibraryPartner, load_library
from cookies.services.catalogue import (
    add_library_partner,
    add_own_partner,
    archive_partners,
    move_partners,
    restore_partners,
    update_partner,
)
from cookies.vocabulary import CATEGORY_LABELS, LOAD_MODE_LABELS, PURPOSE_LABELS

VIEW, ADD, CHANGE = "cookies.view_partner", "cookies.add_partner", "cookies.change_partner"


@site_page("partners/", name="partners", sees=VIEW, roles=SEES, tab="Partners", position=20)
def partners(request: HttpRequest, site: Site) -> HttpResponse:
    """Who gets data, in which category."""
    rows = list(site.partners.annotate(cookie_count=Count("cookies")))
    in_use = [row for row in rows if not row.archived_at]
    today = timezone.now().date()
    return show(
        request,
        site,
        "partners",
        title="Partners",
        tab="partners",
        groups=[
            (label, CATEGORY_CONSEQUENCES[code], [_row(site, row, today) for row in in_use if row.category == code])
            for code, label in CATEGORY_LABELS.items()
            if any(row.category == code for row in in_use)
        ],
        count=len(in_use),
        archived=[row for row in rows if row.archived_at],
        library_url=page_url(site, "library"),
        own_url=page_url(site, "partner-new"),
        move_url=page_url(site, "partners-move") if len(in_use) > 1 else "",
    )


@site_page("partners/move/", name="partners-move", sees=CHANGE, writes=CHANGE)
def move(request: HttpRequest, site: Site) -> HttpResponse:
    """Several partners to another category at once."""
    rows = sorted(site.partners.in_use(), key=lambda row: (list(CATEGORY_LABELS).index(row.category), row.name.lower()))
    form = MoveForm(sent(request), partners=rows, may_justify=may_open(request, site, "partner-necessity"))
    before = {row.pk: CATEGORY_LABELS[row.category] for row in rows}
    if request.method == "POST" and form.is_valid():
        category = form.cleaned_data["category"]
        moved = move_partners(partners=form.chosen(), category=category, justifications=form.justifications())
        if moved:
            told = ", ".join(f"{partner.name} (from {before[partner.pk]})" for partner in moved)
            record_action(request, site, f"Moved to {CATEGORY_LABELS[category]}: {told}.")
            names = ", ".join(partner.name for partner in moved)
            messages.success(
                request, f"Under {CATEGORY_LABELS[category]} now: {names}. Visitors see it once you publish."
            )
        else:
            messages.info(request, "They are in this category already. Nothing was changed.")
        return go_to(site, "partners")
    return show(
        request,
        site,
        "partners_move",
        title="Change categories",
        tab="partners",
        form=form,
        back=page_url(site, "partners"),
    )


@site_page("partners/library/", name="library", sees=ADD)
def library(request: HttpRequest, site: Site) -> HttpResponse:
    """The partners that Sayso knows, to choose from."""
    words = request.GET.get("q", "").strip()
    there = {partner.slug: partner for partner in site.partners.all()}
    templates = [template for template in load_library().values() if _matches(template, words)]
    return show(
        request,
        site,
        "library",
        title="Add from the library",
        tab="partners",
        words=words,
        rows=[
            {
                "template": template,
                "purpose": translated(dict(template.purpose), "en", "en"),
                "category": CATEGORY_LABELS[template.category],
                "purposes": ", ".join(PURPOSE_LABELS[purpose] for purpose in template.purposes),
                "there": there.get(template.slug),
                "url": page_url(site, "library-partner", template.slug),
            }
            for template in sorted(templates, key=lambda template: template.name.lower())
        ],
        own_url=page_url(site, "partner-new"),
        back=page_url(site, "partners"),
    )


@site_page("partners/library/<slug:slug>/", name="library-partner", sees=ADD, writes=ADD)
def library_partner(request: HttpRequest, site: Site, slug: str) -> HttpResponse:
    """One partner of the library: what is left to know before it can be added."""
    template = load_library().get(slug)
    if template is None:
        raise Http404("The library has no such partner.")
    form = LibraryPartnerForm(sent(request), template=template, site=site, today=timezone.now().date())
    _let_reviewers_justify(request, site, form)
    if request.method == "POST" and form.is_valid():
        try:
            partner = add_library_partner(
                site=site,
                library=slug,
                parameters=form.parameters(),
                category=form.cleaned_data["category"],
                load_mode=form.cleaned_data["load_mode"],
                necessity_justification=form.cleaned_data["necessity_justification"],
                starts_on=form.cleaned_data["starts_on"],
            )
        except ValidationError as error:
            form.refuse(error)
        else:
            record_action(request, site, f"Added the partner {partner.name} from the library.", flag=ADDITION)
            messages.success(request, f"{partner.name} is added. Visitors meet it once you publish.")
            _warn_if_early(request, site, partner)
            return go_to(site, "partners")
    return show(
        request,
        site,
        "library_partner",
        title=f"Add {template.name}",
        tab="partners",
        form=form,
        template=template,
        purpose=translated(dict(template.purpose), "en", "en"),
        cookies=[(cookie, translated(dict(cookie.purpose), "en", "en")) for cookie in template.cookies],
        back=page_url(site, "library"),
    )


@site_page("partners/new/", name="partner-new", sees=ADD, writes=ADD)
def new_partner(request: HttpRequest, site: Site) -> HttpResponse:
    """A partner that the library does not know."""
    languages = languages_of(site)
    form = PartnerForm(sent(request), languages=languages, site=site, today=timezone.now().date())
    _let_reviewers_justify(request, site, form)
    if request.method == "POST" and form.is_valid():
        try:
            partner = add_own_partner(site=site, **form.facts())
        except ValidationError as error:
            form.refuse(error, purpose=f"purpose_{languages[0]}")
        else:
            record_action(request, site, f"Added the partner {partner.name} by hand.", flag=ADDITION)
            messages.success(request, f"{partner.name} is added. List its cookies next, then publish.")
            return go_to(site, "partner", partner.pk)
    return show(
        request,
        site,
        "partner",
        title="Add a partner by hand",
        tab="partners",
        form=form,
        partner=None,
        back=page_url(site, "partners"),
    )


@site_page("partners/<int:partner_id>/", name="partner", sees=VIEW, writes=CHANGE, roles=SEES, writers=EDITS)
def partner_page(request: HttpRequest, site: Site, partner_id: int) -> HttpResponse:
    """All about one partner, to read and to change."""
    partner = get_object_or_404(site.partners, pk=partner_id)
    languages = languages_of(site)
    template = load_library().get(partner.library)
    form = PartnerForm(
        sent(request),
        languages=languages,
        site=site,
        today=timezone.now().date(),
        partner=partner,
        template=template,
    )
    _let_reviewers_justify(request, site, form)
    was_early = partner.loads_early
    if request.method == "POST" and form.is_valid():
        try:
            update_partner(partner=partner, **form.facts())
        except ValidationError as error:
            form.refuse(error, purpose=f"purpose_{languages[0]}")
            partner.refresh_from_db()
        else:
            record_action(request, site, f"Changed the partner {partner.name}.")
            messages.success(request, f"{partner.name} is saved. Visitors see it once you publish.")
            if not was_early:
                _warn_if_early(request, site, partner)
            return go_to(site, "partner", partner.pk)
    return show(
        request,
        site,
        "partner",
        title=partner.name,
        tab="partners",
        form=form,
        partner=partner,
        template=template,
        cookies=[(cookie, translated(cookie.purpose, site.default_language, "en")) for cookie in partner.cookies.all()],
        necessity_url=page_url(site, "partner-necessity", partner.pk)
        if may_open(request, site, "partner-necessity")
        else "",
        back=page_url(site, "partners"),
    )


@site_page("partners/<int:partner_id>/archive/", name="partner-archive", sees=CHANGE, writes=CHANGE, only_post=True)
def archive(request: HttpRequest, site: Site, partner_id: int) -> HttpResponse:
    partner = get_object_or_404(site.partners.in_use(), pk=partner_id)
    archive_partners(partners=[partner], now=timezone.now())
    record_action(request, site, f"Archived the partner {partner.name}.")
    messages.success(request, f"{partner.name} is left out of the next version. It runs until you publish.")
    return go_to(site, "partners")


@site_page("partners/<int:partner_id>/restore/", name="partner-restore", sees=CHANGE, writes=CHANGE, only_post=True)
def restore(request: HttpRequest, site: Site, partner_id: int) -> HttpResponse:
    partner = get_object_or_404(site.partners, pk=partner_id)
    restore_partners(partners=[partner])
    record_action(request, site, f"Restored the partner {partner.name}.")
    messages.success(request, f"{partner.name} is part of the next version again.")
    return go_to(site, "partners")


def _let_reviewers_justify(request: HttpRequest, site: Site, form: CategoryForm) -> None:
    if not may_open(request, site, "partner-necessity"):
        form.leave_justification_to_reviewers()


def _warn_if_early(request: HttpRequest, site: Site, partner: Partner) -> None:
    """A tag that runs before a yes is somebody's decision, and the log says whose."""
    if not partner.loads_early:
        return
    record_action(request, site, f"Let the partner {partner.name} load before a yes.")
    messages.warning(
        request,
        f"{partner.name} now loads before a yes, for everybody. Install has the lines that keep it silent until then.",
    )


def _row(site: Site, partner: Partner, today: date) -> dict[str, object]:
    return {
        "partner": partner,
        "url": page_url(site, "partner", partner.pk),
        "purpose": translated(partner.purpose, site.default_language, "en"),
        "loaded": LOAD_MODE_LABELS[partner.load_mode].partition(":")[0],
        "starts_on": partner.starts_on if partner.starts_on and partner.starts_on > today else None,
    }


def _matches(template: LibraryPartner, words: str) -> bool:
    """Every word stands somewhere in what a person would know of the partner."""
    known: Sequence[str] = (
        template.name,
        template.legal_entity,
        CATEGORY_LABELS[template.category],
        *(PURPOSE_LABELS[purpose] for purpose in template.purposes),
        *template.purpose.values(),
    )
    text = " ".join(known).lower()
    return all(word in text for word in words.lower().split())

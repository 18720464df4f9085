"""Why a partner is strictly necessary: the reviewer's sentence, without which it waits for a yes."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from cookies.access import REVIEWS
from cookies.admin.log import record_action
from cookies.admin.pages import go_to, page_url, sent, show, site_page
from cookies.forms import CalmForm, CategoryForm
from cookies.models import Site
from cookies.services.catalogue import update_partner

CHANGE = "cookies.change_partner"


class NecessityForm(CalmForm):
    necessity_justification: forms.Field = CategoryForm.base_fields["necessity_justification"]


@site_page("partners/<int:partner_id>/necessity/", name="partner-necessity", sees=CHANGE, writes=CHANGE, roles=REVIEWS)
def necessity(request: HttpRequest, site: Site, partner_id: int) -> HttpResponse:
    partner = get_object_or_404(site.partners, pk=partner_id)
    form = NecessityForm(sent(request), initial={"necessity_justification": partner.necessity_justification})
    if request.method == "POST" and form.is_valid():
        try:
            update_partner(partner=partner, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            reason = partner.necessity_justification
            record_action(request, site, f"Wrote why {partner.name} would be strictly necessary: {reason or 'nothing'}")
            messages.success(request, "The reason is saved. Visitors read it once you publish.")
            return go_to(site, "partner", partner.pk)
    return show(
        request,
        site,
        "necessity",
        title=f"Why {partner.name} is strictly necessary",
        tab="partners",
        partner=partner,
        form=form,
        back=page_url(site, "partner", partner.pk),
    )

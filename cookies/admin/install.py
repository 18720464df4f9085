"""Where a website may embed Sayso: the part of the install page that is a fact about the website."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest

from cookies.admin.log import record_action
from cookies.admin.pages import sent
from cookies.forms import DomainsForm
from cookies.models import Site
from cookies.services.sites import set_domains


def domains_form(request: HttpRequest, site: Site) -> tuple[DomainsForm, bool]:
    """The form of the website's addresses, and whether what was sent is saved."""
    form = DomainsForm(sent(request), initial={"domains": site.domains})
    if request.method != "POST" or not form.is_valid():
        return form, False
    set_domains(site=site, lines=form.cleaned_data["domains"])
    record_action(request, site, f"Set the addresses to {', '.join(site.domains)}.")
    messages.success(request, "The addresses are saved. They count within a few seconds.")
    return form, True

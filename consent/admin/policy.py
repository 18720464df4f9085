"""The rules that a website chooses: by place, about Do Not Track, how long answers are remembered, and promises."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from consent.forms import OptOutLinkFormSet, PolicyForm
from consent.services.drafting import save_opt_out_links, save_policy
from consent.services.publishing import draft_of
from consent.services.retention import keeping_of
from cookies.access import EDITS, READS_DRAFT
from cookies.admin.languages import languages_of
from cookies.admin.log import record_action
from cookies.admin.pages import go_to, may_open, page_url, sent, show, site_page
from cookies.models import Site

VIEW, CHANGE = "consent.view_sitepolicy", "consent.change_sitepolicy"


@site_page(
    "policy/",
    name="policy",
    sees=VIEW,
    writes=CHANGE,
    roles=READS_DRAFT,
    writers=EDITS,
    tab="Policy",
    position=50,
)
def policy(request: HttpRequest, site: Site) -> HttpResponse:
    languages = languages_of(site)
    form = PolicyForm(sent(request), policy=draft_of(site)[1], languages=languages)
    links = OptOutLinkFormSet(
        sent(request),
        prefix="links",
        form_kwargs={"languages": languages},
        initial=[{"label": link.label, "url": link.url} for link in site.opt_out_links.all()],
    )
    # Both are checked before either is refused, so that every mistake is shown at once.
    if request.method == "POST" and all([form.is_valid(), links.is_valid()]):
        try:
            save_policy(site=site, **form.rules())
            save_opt_out_links(site=site, links=[row.link for row in links if row.link])
        except ValidationError as error:
            form.refuse(error, regimes="scope")
        else:
            record_action(request, site, "Changed the policy.")
            messages.success(request, "The policy is saved. It counts once you publish.")
            return go_to(site, "policy")
    return show(
        request,
        site,
        "policy",
        title="Policy",
        tab="policy",
        form=form,
        links=links,
        places_are_known=knows_places(),
        keeping=keeping_of(site),
        retention_url=page_url(site, "retention") if may_open(request, site, "retention") else "",
    )


def knows_places() -> bool:
    """Whether this server can tell where a visitor is."""
    return bool(settings.COUNTRY_HEADER or settings.GEOIP_DATABASE)

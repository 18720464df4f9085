"""Check my page: is the embed line there, where, and what loads beside it? The page is read behind the scenes."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from consent.models import PageCheck
from consent.public_addresses import LONGEST
from consent.reports.seen import newest_check, seen_by_domain
from consent.services.page_checks import GIVEN_UP, ask_for_check, start_check
from cookies.access import READS_DRAFT
from cookies.admin.pages import go_to, may_open, page_url, sent, show, site_page
from cookies.forms import CalmForm
from cookies.models import Site
from cookies.origins import means_own_machine

LABELS = {"wrong": "To mend", "hint": "Look at it", "good": "Fine"}
# What a link to a page of the admin says.
LINKS = {"install": "Go to Install", "partners": "Go to Partners", "library": "Go to the library"}


class PageCheckForm(CalmForm):
    address = forms.CharField(
        max_length=LONGEST,
        label="Address of a page",
        help_text="A page of this website that is open to everybody.",
        error_messages={"required": "Write the address of a page, such as https://www.example.com/."},
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )


@site_page("install/check/", name="check-page", sees="cookies.view_site", writes="cookies.view_site", roles=READS_DRAFT)
def check_page(request: HttpRequest, site: Site) -> HttpResponse:
    check, now = newest_check(site), timezone.now()
    form = PageCheckForm(sent(request), initial={"address": check.address if check else first_address(site)})
    if request.method == "POST" and form.is_valid():
        try:
            asked = ask_for_check(
                site=site, typed=form.cleaned_data["address"], by=request.user.get_username(), now=now
            )
        except ValidationError as error:
            form.refuse(error)
        else:
            transaction.on_commit(partial(start_check, asked.pk))
            return go_to(site, "check-page")
    return show(
        request,
        site,
        "check_page",
        title="Check my page",
        tab="install",
        back=page_url(site, "install"),
        form=form,
        check=check,
        is_reading=check is not None and is_reading(check, now=now),
        remarks=remarks_of(request, site, check) if check else [],
        seen=[(domain, day, means_own_machine(domain)) for domain, day in seen_by_domain(site).items()],
    )


def is_reading(check: PageCheck, *, now: datetime) -> bool:
    return check.finished_at is None and now - check.asked_at < GIVEN_UP


def remarks_of(request: HttpRequest, site: Site, check: PageCheck) -> list[dict[str, Any]]:
    found: Any = check.found.get("remarks", [])
    return [{**remark, "label": LABELS[remark["tone"]], **_link(request, site, remark["page"])} for remark in found]


def _link(request: HttpRequest, site: Site, page: str) -> dict[str, str]:
    """Where it is mended, for whoever may open that page."""
    if page in LINKS and may_open(request, site, page):
        return {"url": page_url(site, page), "link": LINKS[page]}
    return {}


def first_address(site: Site) -> str:
    """The first of the website's addresses that names one page and not many."""
    return next((f"{domain}/" for domain in site.domains if "*" not in domain), "")

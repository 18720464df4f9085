"""Signed-in visitors: the secret with which a website says who they are. Only its owners come here."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from consent.models import UserLinkKey
from consent.services.user_links import end_user_links, make_link_secret
from cookies.access import OWNS
from cookies.admin.log import DECISION, record_action
from cookies.admin.pages import go_to, page_url, show, site_page
from cookies.models import Site

OWNING = "cookies.change_site"


@site_page("install/users/", name="user-links", sees=OWNING, writes=OWNING, roles=OWNS)
def user_links(request: HttpRequest, site: Site) -> HttpResponse:
    """Whether the website links its users, since when, and how many consents. Sending the form makes a new secret,
    and the answer to it is the only page that shows it."""
    made = None
    if request.method == "POST":
        made = make_link_secret(site=site, by=request.user.get_username(), now=timezone.now())
        record_action(request, site, "Made the secret that links consents to signed-in visitors.", flag=DECISION)
    page = show(
        request,
        site,
        "user_links",
        title="Signed-in visitors",
        tab="install",
        made=made,
        key=UserLinkKey.objects.filter(site=site).first(),
        count=site.user_links.count(),
        platform=settings.PUBLIC_URL,
        end_url=page_url(site, "user-links-end"),
        back=page_url(site, "install"),
    )
    # What is shown once must not wait in a browser's history.
    page["Cache-Control"] = "no-store"
    return page


@site_page("install/users/end/", name="user-links-end", sees=OWNING, writes=OWNING, roles=OWNS, only_post=True)
def end(request: HttpRequest, site: Site) -> HttpResponse:
    end_user_links(site=site)
    record_action(request, site, "Ended the links between consents and signed-in visitors.", flag=DECISION)
    messages.success(request, "The links are removed, and no token opens anything any more. The records stay.")
    return go_to(site, "user-links")

"""What the website's pages need: one line, the marks on its tags, and the addresses that may answer."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from consent.services.publishing import live_publication
from cookies.admin.install import domains_form
from cookies.admin.languages import language_name, languages_of
from cookies.admin.pages import go_to, show, site_page
from cookies.models import Partner, Site


@site_page(
    "install/", name="install", sees="cookies.view_site", writes="cookies.change_site", tab="Install", position=80
)
def install(request: HttpRequest, site: Site) -> HttpResponse:
    form, is_saved = domains_form(request, site)
    if is_saved:
        return go_to(site, "install")
    gated = [partner for partner in site.partners.in_use() if partner.load_mode == "gated"]
    return show(
        request,
        site,
        "install",
        title="Install",
        tab="install",
        form=form,
        is_published=live_publication(site, now=timezone.now()) is not None,
        embed_line=embed_line(site),
        language_lines=[
            (language_name(code), embed_line(site, code))
            for code in languages_of(site)
            if code != site.default_language
        ],
        gated=[(partner, gated_markup(partner)) for partner in gated if partner.category != "strictly_necessary"],
        settings_link=SETTINGS_LINK,
        declaration=DECLARATION,
    )


def embed_line(site: Site, language: str = "") -> str:
    """The one line for the head of every page."""
    route, values = ("snippet-language", [site.key, language]) if language else ("snippet", [site.key])
    return f'<script async src="{settings.PUBLIC_URL}{reverse(route, args=values)}"></script>'


def gated_markup(partner: Partner) -> str:
    """How a tag of this partner, or what it embeds, waits for a yes."""
    marks = f'data-category="{partner.category}" data-partner="{partner.slug}"'
    if EMBEDDED & set(partner.purposes):
        return f'<iframe data-src="https://{_host(partner)}/…" {marks} title="What it shows"></iframe>'
    return f'<script type="text/plain" {marks} src="https://{_host(partner)}/…"></script>'


def _host(partner: Partner) -> str:
    plain = [host for host in partner.hosts if "*" not in host and "{" not in host]
    return plain[0] if plain else "…"


# What stands on a page as a frame rather than as a script.
EMBEDDED = frozenset({"video", "maps"})
SETTINGS_LINK = '<button type="button" data-sayso="open">Cookie settings</button>'
DECLARATION = '<div data-sayso="declaration"></div>'

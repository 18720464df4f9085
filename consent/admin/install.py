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
        gated=[(partner, gated_script(partner)) for partner in gated if partner.category != "strictly_necessary"],
        example_embed=EXAMPLE_EMBED,
        settings_link=SETTINGS_LINK,
        declaration=DECLARATION,
    )


def embed_line(site: Site, language: str = "") -> str:
    """The one line for the head of every page."""
    route, values = ("snippet-language", [site.key, language]) if language else ("snippet", [site.key])
    return f'<script async src="{settings.PUBLIC_URL}{reverse(route, args=values)}"></script>'


def gated_script(partner: Partner) -> str:
    """How a tag of this partner waits for a yes."""
    host = partner.hosts[0].replace("*.", "www.") if partner.hosts and "{" not in partner.hosts[0] else "example.com"
    return (
        f'<script type="text/plain" data-category="{partner.category}" data-partner="{partner.slug}" '
        f'src="https://{host}/…"></script>'
    )


EXAMPLE_EMBED = (
    '<iframe data-src="https://www.youtube-nocookie.com/embed/…" data-category="functional" '
    'title="What the video shows"></iframe>'
)
SETTINGS_LINK = '<button type="button" data-sayso="open">Cookie settings</button>'
DECLARATION = '<div data-sayso="declaration"></div>'

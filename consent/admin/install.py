"""What the website's pages need: one line, the marks on its tags, and the addresses that may answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from consent.admin.embed_ways import ways_of
from consent.deciding import deciding_regimes, deciding_version
from consent.models import Publication
from consent.services.publishing import draft_of, live_publication
from consent.wellknown import lines
from consent.wellknown.website import home_of, status_of
from cookies.access import OWNS, READS_DRAFT
from cookies.admin.install import domains_form
from cookies.admin.languages import language_name, languages_of
from cookies.admin.pages import go_to, may_open, page_url, show, site_page
from cookies.models import Partner, Site
from cookies.snapshot import partner_facts
from cookies.step_lines import lines_before, lines_inside


@site_page(
    "install/",
    name="install",
    sees="cookies.view_site",
    writes="cookies.change_site",
    roles=READS_DRAFT,
    writers=OWNS,
    tab="Install",
    position=80,
)
def install(request: HttpRequest, site: Site) -> HttpResponse:
    form, is_saved = domains_form(request, site)
    if is_saved:
        return go_to(site, "install")
    now = timezone.now()
    publication = live_publication(site, now=now)
    blocks = draft_of(site)[1].auto_block
    line = embed_line(site, blocks=blocks)
    ways = ways_of(site, embed_line=line)
    gated = [partner for partner in site.partners.in_use() if partner.load_mode == "gated"]
    return show(
        request,
        site,
        "install",
        title="Install",
        tab="install",
        form=form,
        is_published=publication is not None,
        blocks=blocks,
        embed_line=line,
        ways=ways,
        head_of_a_page=HEAD.format(line=line.replace("\n", "\n    ")),
        pinned=[(language_name(code), code, pinned) for code, pinned in ways.pinned.items()],
        library_url=page_url(site, "library") if may_open(request, site, "library") else "",
        check_url=page_url(site, "check-page") if may_open(request, site, "check-page") else "",
        webhooks_url=page_url(site, "webhooks") if may_open(request, site, "webhooks") else "",
        users_url=page_url(site, "user-links") if may_open(request, site, "user-links") else "",
        language_lines=[
            (language_name(code), embed_line(site, code, blocks=blocks))
            for code in languages_of(site)
            if code != site.default_language
        ],
        early=early_lines(site),
        gated=[(partner, gated_markup(partner)) for partner in gated if partner.category != "strictly_necessary"],
        settings_link=SETTINGS_LINK,
        declaration=DECLARATION,
        signals=signal_lines(site, publication, today=now.date()) if publication else None,
        keep=keep_lines(site) if site.keep_path else None,
    )


def embed_line(site: Site, language: str = "", *, blocks: bool = False) -> str:
    """The one line for the head of every page. Where it holds partners back automatically, the page waits for it, and
    a line before it keeps the browser from fetching ahead of it."""
    route, values = ("snippet-language", [site.key, language]) if language else ("snippet", [site.key])
    address = f"{settings.PUBLIC_URL}{reverse(route, args=values)}"
    return (
        f'{NOTHING_AHEAD}\n<script src="{address}"></script>' if blocks else f'<script async src="{address}"></script>'
    )


def early_lines(site: Site) -> list[dict[str, str]]:
    """For each tag that loads before a yes: what keeps it silent until then. Google's tags share one set of lines."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for partner in partner_facts(site.partners.in_use()):
        if partner["load_mode"] != "signalled":
            continue
        lines = lines_before(partner["signals"]), lines_inside(partner["signals"])
        if partner["category"] == "strictly_necessary" and not any(lines):
            continue
        entry = found.setdefault(lines, {"slug": partner["slug"], "names": "", "before": lines[0], "inside": lines[1]})
        entry["names"] = ", ".join(filter(None, [entry["names"], partner["name"]]))
    return list(found.values())


def signal_lines(site: Site, publication: Publication, *, today: date) -> dict[str, str]:
    """What the website serves under its own name, by what is live: the draft binds nobody yet."""
    payload = json.loads(bytes(publication.version.payload))
    dnt_policy = payload["policy"]["dnt"]
    status = status_of(site.key, lines.site_wide_value(dnt_policy), home=home_of(tuple(site.domains)))
    since = today.isoformat()
    return {
        "dnt_policy": dnt_policy,
        "passing": lines.passing_lines(key=site.key, platform=settings.PUBLIC_URL) + lines.gpc_lines(since),
        "status_file": lines.status_file(status),
        "gpc_file": lines.gpc_file(since),
        "files": lines.file_lines(status, since),
        "values": _value_lines(payload) if dnt_policy == "honour" else "",
        "middleware": MIDDLEWARE,
    }


def keep_lines(site: Site) -> dict[str, str]:
    """What sets the consent cookie by header, by the draft: the lines come before the version that asks for them."""
    is_secure = not home_of(tuple(site.domains)).startswith("http:")
    return {
        "values": lines.keep_map_lines(cookie_domain=site.cookie_domain, is_secure=is_secure),
        "location": lines.keep_location_lines(site.keep_path),
        "settings": f'"KEEP_PATH": "{site.keep_path}",'
        + (f'\n"COOKIE_DOMAIN": "{site.cookie_domain}",' if site.cookie_domain else ""),
    }


def _value_lines(payload: Mapping[str, Any]) -> str:
    # Neither the version's name nor its memory is asked for here.
    partners = deciding_version(payload, digest="", ordinals={}).partners
    runs_unasked = any(partner.runs_unasked for partner in partners)
    return lines.value_lines(deciding_regimes(payload), runs_unasked=runs_unasked)


def gated_markup(partner: Partner) -> str:
    """How a tag of this partner, or what it embeds, waits for a yes."""
    marks = f'data-category="{partner.category}" data-partner="{partner.slug}"'
    if EMBEDDED & set(partner.purposes):
        return f'<iframe data-src="https://{_host(partner)}/…" {marks} title="What it shows"></iframe>'
    script = f'src="https://{_host(partner)}/…"></script>'
    if PLACED & set(partner.purposes):
        # What it makes has a place in the page; until a yes, words stand there instead.
        return f'<div data-sayso="embed"><template {marks}>\n  <script {script}\n</template></div>'
    return f'<script type="text/plain" {marks} {script}'


def _host(partner: Partner) -> str:
    plain = [host for host in partner.hosts if "*" not in host and "{" not in host]
    return plain[0] if plain else "…"


# An empty policy forbids nothing. Chromium fetches nothing ahead of the parser where it meets one.
NOTHING_AHEAD = '<meta http-equiv="Content-Security-Policy" content="">'
HEAD = """<head>
    <meta charset="utf-8">
    {line}
    …"""
# What stands on a page as a frame rather than as a script.
EMBEDDED = frozenset({"video", "maps"})
PLACED = frozenset({"forms", "chat"})
SETTINGS_LINK = '<button type="button" data-sayso="open">Cookie settings</button>'
# For a website that is itself Django (docs/django.md).
MIDDLEWARE = '"consent.website.middleware.ConsentMiddleware",'
DECLARATION = '<div data-sayso="declaration"></div>'

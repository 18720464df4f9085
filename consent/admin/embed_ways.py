"""The embed line for those who don't write HTML: a tag manager, WordPress, Django, strict policies, a pinned file.

Each is what somebody copies as it is, with the website's own values.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from consent.delivery import live
from cookies.models import Site

TAG_MANAGER = "google-tag-manager"

# On each page, also where the visitor answered on an earlier one: `sayso_consent_update` follows answers only.
FOR_TAG_MANAGER = """<script>
window.dataLayer = window.dataLayer || [];
(window.sayso = window.sayso || []).push(function (sayso) {
  sayso.on("change", function (state) {
    dataLayer.push({ event: "sayso_state", sayso: { categories: state.categories, partners: state.partners } });
  });
});
</script>"""

WORDPRESS = """add_action( 'wp_head', function () {{
{lines}
}}, PHP_INT_MIN );"""

DJANGO_SETTINGS = """SAYSO = {{
    "SITE_KEY": "{key}",
    "PLATFORM": "{platform}",
}}"""
DJANGO_TEMPLATE = "{% load sayso %}\n<head>{% sayso_snippet %}"


@dataclass(frozen=True)
class Ways:
    """`how_tag_manager`: how the website loads Tag Manager, if it is among its partners: a load mode, or necessary."""

    how_tag_manager: str
    tag_manager: str
    wordpress: str
    django_settings: str
    django_template: str
    policy: str
    trusted_types: str
    with_nonce: str
    pinned: Mapping[str, str]


def ways_of(site: Site, *, embed_line: str) -> Ways:
    return Ways(
        how_tag_manager=_how_tag_manager(site),
        tag_manager=FOR_TAG_MANAGER,
        wordpress=wordpress_lines(embed_line),
        django_settings=DJANGO_SETTINGS.format(key=site.key, platform=settings.PUBLIC_URL),
        django_template=DJANGO_TEMPLATE,
        policy=f"script-src {settings.PUBLIC_URL}; connect-src {settings.PUBLIC_URL};",
        trusted_types="require-trusted-types-for 'script'; trusted-types sayso;",
        with_nonce=embed_line.replace("<script ", '<script nonce="…" '),
        pinned=pinned_lines(site),
    )


def wordpress_lines(embed_line: str) -> str:
    """For a child theme's functions.php: before whatever else prints into the head."""
    printed = [f"\techo '{line}' . \"\\n\";" for line in embed_line.splitlines()]
    return WORDPRESS.format(lines="\n".join(printed))


def pinned_lines(site: Site) -> dict[str, str]:
    """By language: the line with the file that is live now and its hash. The name of a file is the SHA-256 of it."""
    served = live.get_site(site.key)
    return {code: _pinned(site, file.etag) for code, file in served.files.items()} if served else {}


def _pinned(site: Site, digest: str) -> str:
    address = f"{settings.PUBLIC_URL}{reverse('snippet-immutable', args=[site.key, digest])}"
    checksum = base64.b64encode(bytes.fromhex(digest)).decode()
    return f'<script async crossorigin="anonymous" integrity="sha256-{checksum}" src="{address}"></script>'


def _how_tag_manager(site: Site) -> str:
    partner = site.partners.in_use().filter(library=TAG_MANAGER).first()
    if partner is None:
        return ""
    return "necessary" if partner.category == "strictly_necessary" else partner.load_mode

"""/p/KEY/colours.css: a website's own colours on its hosted pages, whose policy allows no inline style."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from consent.delivery import live

CACHING = "public, max-age=60"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@require_safe
def colours(request: HttpRequest, key: str) -> HttpResponse:
    site = live.get_site(key)
    sheet = stylesheet(site.payload["appearance"]) if site and site.payload else ""
    response = HttpResponse(sheet, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = CACHING
    return response


def stylesheet(appearance: Mapping[str, Any]) -> str:
    """The tokens of static/pages/pages.css that a website may set. Anything that is no colour is left out; rings,
    lines and text are not a website's to change."""
    light = _tokens(appearance["brand_colour"], appearance["brand_text_colour"])
    dark = _tokens(appearance["dark_brand_colour"], appearance["dark_brand_text_colour"])
    radius = f"--radius: {int(appearance['radius'])}px;"
    return f":root {{ {light} {radius} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"


def _tokens(brand: str, text: str) -> str:
    valid = _COLOUR.fullmatch(brand) and _COLOUR.fullmatch(text)
    return f"--brand: {brand}; --on-brand: {text};" if valid else ""

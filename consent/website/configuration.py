"""The website's setting SAYSO, read in this one place. Whatever is missing or odd stops the start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEYS = ("SITE_KEY", "PLATFORM", "COUNTRY_HEADER", "REGION_HEADER", "REFRESH_SECONDS", "KEEP_PATH", "COOKIE_DOMAIN")
LONGEST_REFRESH = 3_600


@dataclass(frozen=True)
class Configuration:
    """`platform`: an origin. `country_header` and `region_header`: names of request headers, or nothing. `keep_path`:
    where the consent cookie is set by header, or nothing; `cookie_domain`: for which domain, or for the host alone."""

    site_key: str
    platform: str
    country_header: str = ""
    region_header: str = ""
    refresh_seconds: int = 60
    keep_path: str = ""
    cookie_domain: str = ""

    @property
    def facts_url(self) -> str:
        return f"{self.platform}/api/v1/sites/{self.site_key}/decision"

    @property
    def preferences_url(self) -> str:
        return f"{self.platform}/p/{self.site_key}/"

    @property
    def declaration_url(self) -> str:
        return f"{self.platform}/p/{self.site_key}/cookies/"

    def snippet_url(self, language: str = "") -> str:
        """The short address, which follows each publication; in a language, or in the website's own."""
        return f"{self.platform}/s/{self.site_key}{'.' + language if language else ''}.js"


def configured() -> Configuration:
    """Raises ImproperlyConfigured."""
    return read_configuration(getattr(settings, "SAYSO", None))


def read_configuration(raw: object) -> Configuration:
    """Raises ImproperlyConfigured with a sentence that says what to write."""
    if not isinstance(raw, Mapping):
        raise ImproperlyConfigured('SAYSO is not set. Write SAYSO = {"SITE_KEY": "…", "PLATFORM": "https://…"}.')
    if unknown := sorted(str(name) for name in raw if name not in KEYS):
        raise ImproperlyConfigured(f"SAYSO has {', '.join(unknown)}. It may have {', '.join(KEYS)}.")
    country_header = _header(raw, "COUNTRY_HEADER")
    region_header = _header(raw, "REGION_HEADER")
    if region_header and not country_header:
        raise ImproperlyConfigured('SAYSO["REGION_HEADER"] says nothing without SAYSO["COUNTRY_HEADER"]. Set both.')
    return Configuration(
        site_key=_site_key(raw.get("SITE_KEY")),
        platform=_platform(raw.get("PLATFORM")),
        country_header=country_header,
        region_header=region_header,
        refresh_seconds=_refresh_seconds(raw.get("REFRESH_SECONDS", 60)),
        keep_path=_keep_path(raw.get("KEEP_PATH") or ""),
        cookie_domain=_cookie_domain(raw.get("COOKIE_DOMAIN") or ""),
    )


def _site_key(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"[a-z0-9-]{1,40}", value):
        return value
    raise ImproperlyConfigured(f'SAYSO["SITE_KEY"] is {value!r}. Write the key that the embed line shows: /s/KEY.js.')


def _platform(value: object) -> str:
    if isinstance(value, str):
        origin = value.rstrip("/")
        # The address ends up in pages and in headers, so nothing but an origin is let in.
        if re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?", origin):
            return f"{urlsplit(origin).scheme}://{urlsplit(origin).netloc}"
    raise ImproperlyConfigured(
        f'SAYSO["PLATFORM"] is {value!r}. Write the origin of Sayso, such as https://consent.example.com.'
    )


def _header(raw: Mapping[str, object], name: str) -> str:
    value = raw.get(name) or ""
    if isinstance(value, str) and re.fullmatch(r"([A-Za-z][A-Za-z0-9-]*)?", value):
        return value
    raise ImproperlyConfigured(
        f'SAYSO["{name}"] is {value!r}. Write a header\'s name as it is sent, such as X-Country.'
    )


def _refresh_seconds(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LONGEST_REFRESH:
        return value
    raise ImproperlyConfigured(
        f'SAYSO["REFRESH_SECONDS"] is {value!r}. Write a whole number from 1 to {LONGEST_REFRESH}, such as 60.'
    )


def _keep_path(value: object) -> str:
    # The admin's rule is stricter (cookies/origins.py). It is not loaded here: the website may have its own `cookies`.
    if isinstance(value, str) and re.fullmatch(r"(/[A-Za-z0-9._~-]+)+/?|", value):
        return value
    raise ImproperlyConfigured(
        f'SAYSO["KEEP_PATH"] is {value!r}. Write the path that the admin has under Details, such as /sayso/keep.'
    )


def _cookie_domain(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"([a-z0-9-]+(\.[a-z0-9-]+)+)?", value):
        return value
    raise ImproperlyConfigured(
        f'SAYSO["COOKIE_DOMAIN"] is {value!r}. Write the domain that the admin has under Details, such as example.com.'
    )

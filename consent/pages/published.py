"""A website's published version in one visitor's language: what every hosted page begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from consent.decisions import DecidingVersion
from consent.delivery import live
from consent.pages.addresses import page_address
from consent.pages.answers import problem
from consent.pages.languages import choose_language
from consent.pages.texts import page_texts
from consent.pages.wordings import language_name


@dataclass(frozen=True)
class Published:
    site: live.LiveSite
    payload: Mapping[str, Any]
    digest: str
    version_id: int
    deciding: DecidingVersion
    published_on: date
    language: str
    texts: Mapping[str, str]

    @property
    def name(self) -> str:
        return str(self.payload["site"]["name"])

    @property
    def version_url(self) -> str:
        return f"{settings.PUBLIC_URL}/api/v1/versions/{self.digest}"


def find_published(request: HttpRequest, key: str) -> Published | HttpResponse:
    """What is live on this website, or the page that says why there is nothing."""
    site = live.get_site(key)
    if site is None:
        return problem(request, 404, "unknown")
    if site.payload is None or site.version is None or site.published_at is None or site.deciding is None:
        return problem(request, 404, "unpublished")
    language = choose_language(
        asked=request.GET.get("language"),
        accepted=request.headers.get("Accept-Language", ""),
        offered=site.payload["languages"],
        default=site.payload["site"]["default_language"],
    )
    return Published(
        site=site,
        payload=site.payload,
        digest=site.version.digest,
        version_id=site.version.id,
        deciding=site.deciding,
        published_on=site.published_at.date(),
        language=language,
        texts=page_texts(site.payload, language),
    )


def asked_language(request: HttpRequest, published: Published) -> str | None:
    """The language that the address names, where it is the one shown: links keep it, and only it."""
    return published.language if request.GET.get("language") else None


def language_links(published: Published, name: str, **query: str | None) -> list[dict[str, Any]]:
    """The same page in each language; nothing where there is only one."""
    languages = published.payload["languages"]
    if len(languages) < 2:
        return []
    return [
        {
            "code": code,
            "name": language_name(code),
            "url": page_address(name, published.site.key, **{**query, "language": code}),
            "is_current": code == published.language,
        }
        for code in languages
    ]

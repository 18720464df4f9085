"""The tags that a demonstration website holds back: what its developers would have pasted, made from its partners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cookies.models import Partner
from cookies.partner_library import fill, load_library
from cookies.vocabulary import OPTIONAL_CATEGORIES

EMBEDS = ("youtube", "vimeo")


@dataclass(frozen=True)
class Tag:
    """One gated tag. `address` is empty where there is only an inline part; `cookies` are the first-party ones that
    the inline part sets in the partner's stead, so that they can be seen to come and go."""

    name: str
    category: str
    partner: str
    address: str
    cookies: str


def gated_tags(key: str, payload: Mapping[str, Any]) -> list[Tag]:
    """A tag for each optional partner that the website gates itself, and one for each category that it uses itself."""
    addresses = _addresses(key)
    tags = [
        Tag(
            name=partner["name"],
            category=partner["category"],
            partner=partner["slug"],
            address=addresses.get(partner["slug"], ""),
            cookies=_cookie_names(payload, lambda cookie, slug=partner["slug"]: cookie["partner"] == slug),
        )
        for partner in payload["partners"]
        if partner["load_mode"] == "gated"
        and partner["category"] in OPTIONAL_CATEGORIES
        and partner["slug"] not in EMBEDS
    ]
    return [*tags, *filter(None, (_own_tag(payload, code) for code in OPTIONAL_CATEGORIES))]


def first_host(payload: Mapping[str, Any], category: str) -> tuple[str, str] | None:
    """A partner of this category and a host of its own, for a picture that waits."""
    for partner in payload["partners"]:
        # The first is often its script's: the second shows that another host is held back as well.
        hosts = [host for host in partner["hosts"] if "*" not in host][:2]
        if partner["category"] == category and hosts:
            return partner["slug"], hosts[-1]
    return None


def embed_category(payload: Mapping[str, Any]) -> str | None:
    """The category under which the website shows videos from YouTube, where it does."""
    return next((partner["category"] for partner in payload["partners"] if partner["slug"] == "youtube"), None)


def _addresses(key: str) -> dict[str, str]:
    library = load_library()
    rows = Partner.objects.in_use().filter(site__key=key)
    return {row.slug: _script(library[row.library].loader, row.parameters) for row in rows if row.library in library}


def _script(loader: Sequence[Any], parameters: Mapping[str, str]) -> str:
    return next((step[1] for step in fill(loader, parameters) if step[0] == "script"), "")


def _own_tag(payload: Mapping[str, Any], category: str) -> Tag | None:
    names = _cookie_names(payload, lambda cookie: cookie["partner"] is None and cookie["category"] == category)
    return Tag(payload["site"]["name"], category, "", "", names) if names else None


def _cookie_names(payload: Mapping[str, Any], belongs: Any) -> str:
    names = [
        cookie["name"]
        for cookie in payload["cookies"]
        if cookie["technology"] == "cookie" and cookie["party"] == "first" and belongs(cookie)
    ]
    return " ".join(name.replace("*", "DEMO") for name in names)

"""A published version as the pages lay it out: categories, their partners, what each keeps. No Django, no rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from consent.delivery.compose import in_language
from consent.pages.wordings import country_name, lifetime_words
from consent.payload import loads_early
from consent.wording import plural


@dataclass(frozen=True)
class CookieRow:
    name: str
    kind: str
    set_by: str
    lifetime: str
    purpose: str


@dataclass(frozen=True)
class PartnerPart:
    slug: str
    name: str
    company: str
    country: str
    purpose: str
    # That it loads before a yes, where it does.
    early: str
    kinds: str
    notice: str
    opt_out: str
    necessity: str
    kept_label: str
    allowed_label: str
    cookies: tuple[CookieRow, ...]


@dataclass(frozen=True)
class CategoryPart:
    code: str
    is_optional: bool
    title: str
    description: str
    own: tuple[CookieRow, ...]
    partners: tuple[PartnerPart, ...]
    summary: str

    @property
    def is_used(self) -> bool:
        return bool(self.own or self.partners)


@dataclass(frozen=True)
class OptOutLink:
    label: str
    url: str


def category_parts(payload: Mapping[str, Any], texts: Mapping[str, str], language: str) -> tuple[CategoryPart, ...]:
    """All four categories in order, complete."""
    writer = _Writer(payload, texts, language)
    return tuple(writer.category(category) for category in payload["categories"])


def opt_out_links(payload: Mapping[str, Any], language: str) -> tuple[OptOutLink, ...]:
    fallback = payload["site"]["default_language"]
    return tuple(
        OptOutLink(in_language(link["label"], language, fallback) or link["url"], link["url"])
        for link in payload["opt_out_links"]
    )


@dataclass(frozen=True)
class _Writer:
    payload: Mapping[str, Any]
    texts: Mapping[str, str]
    language: str

    def category(self, category: Mapping[str, Any]) -> CategoryPart:
        code = category["code"]
        partners = tuple(
            self._partner(partner, self._said(category["title"]))
            for partner in self.payload["partners"]
            if partner["category"] == code
        )
        own = self._cookies(lambda cookie: cookie["partner"] is None and cookie["category"] == code)
        return CategoryPart(
            code=code,
            is_optional=code != "strictly_necessary",
            title=self._said(category["title"]),
            description=self._said(category["description"]),
            own=own,
            partners=partners,
            summary=self._summary(partners, own),
        )

    def _summary(self, partners: tuple[PartnerPart, ...], own: tuple[CookieRow, ...]) -> str:
        cookies = len(own) + sum(len(partner.cookies) for partner in partners)
        counted = (("partners", len(partners)), ("cookies", cookies))
        return ", ".join(plural(self.texts, noun, count, self.language) for noun, count in counted if count)

    def _partner(self, partner: Mapping[str, Any], category: str) -> PartnerPart:
        slug = partner["slug"]
        return PartnerPart(
            slug=slug,
            name=partner["name"],
            company=partner["legal_entity"],
            country=country_name(partner["country"], self.language) if partner["country"] else "",
            purpose=self._said(partner["purpose"]),
            early=self.texts.get("partner_signalled", "") if loads_early(partner) else "",
            kinds=", ".join(self._kind(technology) for technology in partner["technologies"]),
            notice=partner["privacy_notice_url"],
            opt_out=partner["opt_out_url"],
            necessity=partner["necessity_justification"],
            kept_label=self._label("page_partner_kept", partner["name"], category),
            allowed_label=self._label("page_partner_allowed", partner["name"], category),
            cookies=self._cookies(lambda cookie: cookie["partner"] == slug),
        )

    def _label(self, text: str, name: str, category: str) -> str:
        return self.texts[text].replace("{category}", category).replace("{name}", name)

    def _cookies(self, belongs: Callable[[Mapping[str, Any]], bool]) -> tuple[CookieRow, ...]:
        return tuple(self._cookie(cookie) for cookie in self.payload["cookies"] if belongs(cookie))

    def _cookie(self, cookie: Mapping[str, Any]) -> CookieRow:
        set_by = self.texts[f"party_{cookie['party']}"]
        return CookieRow(
            name=cookie["name"],
            kind=self._kind(cookie["technology"]),
            set_by=f"{set_by} ({cookie['domain']})" if cookie["domain"] else set_by,
            lifetime=lifetime_words(cookie["lifetime"], self.texts, self.language),
            purpose=self._said(cookie["purpose"]),
        )

    def _kind(self, technology: str) -> str:
        return self.texts.get(f"technology_{technology}", technology)

    def _said(self, values: Mapping[str, str]) -> str:
        return in_language(values, self.language, self.payload["site"]["default_language"])

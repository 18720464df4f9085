"""The catalogue as plain values, ready to be frozen into a version. Is given rows, asks and writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from cookies.models import Cookie, Partner, Site
from cookies.partner_library import LibrarySignal, fill, follow, load_library, own_answers
from cookies.vocabulary import CATEGORIES, SIGNAL_MOMENTS


def site_facts(site: Site) -> dict[str, Any]:
    """Who the website is and who answers for it."""
    return {
        "key": site.key,
        "name": site.name,
        "default_language": site.default_language,
        "cookie_domain": site.cookie_domain,
        # Only where it is chosen: all other websites publish what they did before there was a choice.
        **({"keep_path": site.keep_path} if site.keep_path else {}),
        "controller": {
            "name": site.controller_name,
            "contact": site.controller_contact,
            "privacy_policy_url": site.privacy_policy_url,
        },
    }


def partner_facts(rows: Iterable[Partner]) -> list[dict[str, Any]]:
    """Partners of one website, by category and name; the steps of their tags with the parameters filled in."""
    partners = sorted(rows, key=lambda partner: (CATEGORIES.index(partner.category), partner.slug))
    templates = [(partner.slug, load_library().get(partner.library)) for partner in partners]
    answers = own_answers((slug, template) for slug, template in templates if template)
    return [_partner(partner, answers) for partner in partners]


def cookie_facts(rows: Iterable[Cookie]) -> list[dict[str, Any]]:
    """Cookies of a website and of its partners."""
    facts = [_cookie(cookie) for cookie in rows]
    return sorted(facts, key=lambda fact: (CATEGORIES.index(fact["category"]), fact["partner"] or "", fact["name"]))


def _partner(partner: Partner, answers: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    template = load_library().get(partner.library)
    managed = template is not None and partner.load_mode == "managed"
    return {
        "slug": partner.slug,
        "name": partner.name,
        "legal_entity": partner.legal_entity,
        "country": partner.country,
        "category": partner.category,
        "purpose": partner.purpose,
        "purposes": sorted(partner.purposes),
        "privacy_notice_url": partner.privacy_notice_url,
        "opt_out_url": partner.opt_out_url,
        "hosts": partner.hosts,
        "technologies": partner.technologies,
        "sale_or_share": partner.sale_or_share,
        "starts_at": _seconds(partner.starts_on),
        "necessity_justification": partner.necessity_justification,
        "load_mode": partner.load_mode,
        "loader": fill(template.loader, partner.parameters) if template and managed else [],
        "signals": [_signal(signal, partner, answers.get(signal.name, {})) for signal in template.signals]
        if template
        else [],
    }


def _seconds(day: date | None) -> int:
    """The beginning of a day (UTC) in Unix seconds; 0 for none."""
    return int(datetime.combine(day, time(), UTC).timestamp()) if day else 0


def _signal(signal: LibrarySignal, partner: Partner, answers: Mapping[str, str]) -> dict[str, Any]:
    moments = {moment: steps for moment in SIGNAL_MOMENTS if (steps := getattr(signal, moment))}
    return {
        "name": signal.name,
        **{moment: fill(follow(steps, answers), partner.parameters) for moment, steps in moments.items()},
    }


def _cookie(cookie: Cookie) -> dict[str, Any]:
    return {
        "name": cookie.name,
        "partner": cookie.partner.slug if cookie.partner else None,
        "category": cookie.category,
        "technology": cookie.technology,
        "party": cookie.party,
        "lifetime": cookie.lifetime,
        "domain": cookie.domain,
        "purpose": cookie.purpose,
    }

"""The five demonstration websites as checked values, read from `sites/*.toml`. Nothing here writes a row."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from consent.builtin_texts import builtin_texts
from consent.contrast import LEAST_FOR_TEXT, contrast_ratio
from consent.regimes import in_force
from consent.schedules import MOST_DAYS
from cookies.fact_checks import (
    LANGUAGES,
    choice_faults,
    choices_faults,
    cookie_faults,
    pattern_faults,
    repeated_faults,
    shape_faults,
    slug_faults,
    text_faults,
    translation_faults,
    url_faults,
)
from cookies.origins import domain_error
from cookies.partner_library import load_library, parameter_errors
from cookies.vocabulary import CATEGORIES

FOLDER = Path(__file__).parent / "sites"

_SITE_FIELDS: Mapping[str, type] = {
    "key": str,
    "name": str,
    "domains": list,
    "default_language": str,
    "languages": list,
    "partner_notice_days": int,
    "source": str,
    "controller": dict,
    "policy": dict,
    "appearance": dict,
    "partners": list,
    "cookies": list,
    "opt_out_links": list,
    "texts": dict,
}
_OPTIONAL = ("partner_notice_days", "partners", "cookies", "opt_out_links", "texts")
_PARTNER_FIELDS: Mapping[str, type] = {
    "library": str,
    "category": str,
    "load_mode": str,
    "basis": str,
    "privacy_notice_url": str,
    "purpose": dict,
    "parameters": dict,
}
_POLICY_FIELDS: Mapping[str, type] = {
    "dnt": str,
    "dnt_explanation": dict,
    "regimes": list,
    "grace_days": int,
    "announce_days": int,
    "count_impressions": bool,
}
_OPTIONAL_POLICY = ("regimes", "grace_days", "announce_days", "count_impressions")
_PAIRS = (("brand_colour", "brand_text_colour"), ("dark_brand_colour", "dark_brand_text_colour"))


class DemoFactsError(ValueError):
    """A file of the demonstration cannot be used. The message lists every fault."""


@dataclass(frozen=True)
class DemoController:
    name: str
    contact: str
    privacy_policy_url: str


@dataclass(frozen=True)
class DemoPolicy:
    """`regimes`: codes of consent/regimes.py; none for one rule for everybody."""

    dnt: str
    dnt_explanation: Mapping[str, str]
    regimes: tuple[str, ...] = ()
    grace_days: int = 0
    announce_days: int = 0
    count_impressions: bool = False


@dataclass(frozen=True)
class DemoAppearance:
    layout: str
    position: str
    brand_colour: str
    brand_text_colour: str
    dark_brand_colour: str
    dark_brand_text_colour: str


@dataclass(frozen=True)
class DemoPartner:
    """A partner of the library on this website. `basis` tells people what its policy states about it."""

    library: str
    category: str
    load_mode: str
    basis: str
    privacy_notice_url: str
    purpose: Mapping[str, str]
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class DemoCookie:
    name: str
    category: str
    technology: str
    party: str
    lifetime: str
    domain: str
    purpose: Mapping[str, str]


@dataclass(frozen=True)
class DemoLink:
    label: Mapping[str, str]
    url: str


@dataclass(frozen=True)
class DemoSite:
    key: str
    name: str
    domains: tuple[str, ...]
    default_language: str
    languages: tuple[str, ...]
    partner_notice_days: int
    source: str
    controller: DemoController
    policy: DemoPolicy
    appearance: DemoAppearance
    partners: tuple[DemoPartner, ...]
    cookies: tuple[DemoCookie, ...]
    opt_out_links: tuple[DemoLink, ...]
    texts: Mapping[str, Mapping[str, str]]


@cache
def load_demo_sites() -> Mapping[str, DemoSite]:
    """All demonstration websites by key, in alphabetical order. Raises DemoFactsError with every fault."""
    faults: list[str] = []
    sites: dict[str, DemoSite] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        if found := validate_demo_site(data, path.name):
            faults += found
        else:
            sites[data["key"]] = _site(data)
    if faults:
        raise DemoFactsError("\n".join(faults))
    return MappingProxyType(sites)


def validate_demo_site(data: Mapping[str, Any], file_name: str) -> list[str]:
    """Every fault of a website's file, as a sentence that names the file and the field."""
    faults = shape_faults(data, _SITE_FIELDS, optional=_OPTIONAL)
    if not faults:
        faults = _site_faults(data, file_name)
        faults += _controller_faults(data["controller"]) + _policy_faults(data["policy"])
        faults += _appearance_faults(data["appearance"]) + _partners_faults(data.get("partners", []))
        for index, cookie in enumerate(data.get("cookies", [])):
            faults += _cookie_faults(f"cookies[{index}]", cookie)
        for index, link in enumerate(data.get("opt_out_links", [])):
            faults += _link_faults(f"opt_out_links[{index}]", link)
        faults += _texts_faults(data.get("texts", {}), data["languages"])
    return [f"{file_name}: {fault}" for fault in faults]


def _site_faults(data: Mapping[str, Any], file_name: str) -> list[str]:
    faults = slug_faults("key", data["key"])
    if data["key"] != Path(file_name).stem:
        faults.append(f"key: {data['key']!r} is not the name of the file.")
    faults += text_faults("name", data["name"]) + text_faults("source", data["source"])
    faults += [f"domains: {error}" for domain in data["domains"] if (error := domain_error(str(domain)))]
    faults += [] if data["domains"] else ["domains is empty."]
    faults += choices_faults("languages", data["languages"], LANGUAGES)
    faults += _days_faults("partner_notice_days", data.get("partner_notice_days", 0))
    return faults + choice_faults("default_language", data["default_language"], data["languages"])


def _controller_faults(controller: Any) -> list[str]:
    fields = dict.fromkeys(("name", "contact", "privacy_policy_url"), str)
    if faults := shape_faults(controller, fields, where="controller"):
        return faults
    faults = text_faults("controller.name", controller["name"])
    faults += text_faults("controller.contact", controller["contact"])
    return faults + url_faults("controller.privacy_policy_url", controller["privacy_policy_url"])


def _policy_faults(policy: Any) -> list[str]:
    if faults := shape_faults(policy, _POLICY_FIELDS, optional=_OPTIONAL_POLICY, where="policy"):
        return faults
    faults = choice_faults("policy.dnt", policy["dnt"], ("honour", "disregard"))
    faults += translation_faults("policy.dnt_explanation", policy["dnt_explanation"])
    for name in ("grace_days", "announce_days"):
        faults += _days_faults(f"policy.{name}", policy.get(name, 0))
    return faults + _regime_faults(policy.get("regimes", []))


def _regime_faults(codes: list[Any]) -> list[str]:
    try:
        in_force(codes, grant_days=1, refusal_days=1)
    except ValueError as error:
        return [f"policy.regimes: {error}"]
    return []


def _days_faults(field: str, days: int) -> list[str]:
    return [] if 0 <= days <= MOST_DAYS else [f"{field} must lie between 0 and {MOST_DAYS}."]


def _appearance_faults(appearance: Any) -> list[str]:
    colours = [colour for pair in _PAIRS for colour in pair]
    fields = dict.fromkeys(("layout", "position", *colours), str)
    if faults := shape_faults(appearance, fields, where="appearance"):
        return faults
    faults = choice_faults("appearance.layout", appearance["layout"], ("card", "bar", "centre"))
    faults += choice_faults("appearance.position", appearance["position"], ("left", "right"))
    for colour in colours:
        faults += pattern_faults(f"appearance.{colour}", appearance[colour], "#[0-9a-f]{6}", "a colour")
    return faults or [
        f"appearance.{text} cannot be read on {ground}."
        for ground, text in _PAIRS
        if contrast_ratio(appearance[ground], appearance[text]) < LEAST_FOR_TEXT
    ]


def _partners_faults(partners: list[Any]) -> list[str]:
    faults = [
        fault for index, partner in enumerate(partners) for fault in _partner_faults(f"partners[{index}]", partner)
    ]
    return faults or repeated_faults("partners", [partner["library"] for partner in partners])


def _partner_faults(where: str, partner: Any) -> list[str]:
    optional = ("privacy_notice_url", "purpose", "parameters")
    if faults := shape_faults(partner, _PARTNER_FIELDS, optional=optional, where=where):
        return faults
    template = load_library().get(partner["library"])
    if template is None:
        return [f"{where}.library: the library has no partner called {partner['library']!r}."]
    faults = choice_faults(f"{where}.category", partner["category"], CATEGORIES)
    faults += choice_faults(f"{where}.load_mode", partner["load_mode"], template.load_modes)
    faults += text_faults(f"{where}.basis", partner["basis"])
    if "privacy_notice_url" in partner:
        faults += url_faults(f"{where}.privacy_notice_url", partner["privacy_notice_url"])
    if "purpose" in partner:
        faults += translation_faults(f"{where}.purpose", partner["purpose"])
    errors = parameter_errors(template, partner.get("parameters", {}))
    return faults + [f"{where}.parameters.{name}: {message}" for name, message in errors.items()]


def _cookie_faults(where: str, cookie: Any) -> list[str]:
    faults = cookie_faults(where, cookie, extra={"category": str})
    return faults or choice_faults(f"{where}.category", cookie["category"], CATEGORIES)


def _link_faults(where: str, link: Any) -> list[str]:
    if faults := shape_faults(link, {"label": dict, "url": str}, where=where):
        return faults
    return translation_faults(f"{where}.label", link["label"]) + url_faults(f"{where}.url", link["url"])


def _texts_faults(texts: Mapping[str, Any], languages: list[str]) -> list[str]:
    """Overrides of the built-in texts: only of texts that exist, in languages that the website has."""
    if faults := shape_faults(texts, dict.fromkeys(languages, dict), optional=languages, where="texts"):
        return faults
    faults = []
    for language, overrides in texts.items():
        for key, text in overrides.items():
            where = f"texts.{language}.{key}"
            known = key in builtin_texts("en")
            faults += text_faults(where, text, longest=1000) if known else [f"{where} is not a text of ours."]
    return faults


def _site(data: Mapping[str, Any]) -> DemoSite:
    """A checked table as a value that nobody can change."""
    return DemoSite(
        key=data["key"],
        name=data["name"],
        domains=tuple(data["domains"]),
        default_language=data["default_language"],
        languages=tuple(data["languages"]),
        partner_notice_days=data.get("partner_notice_days", 0),
        source=data["source"],
        controller=DemoController(**data["controller"]),
        policy=DemoPolicy(**{**_sealed(data["policy"]), "regimes": tuple(data["policy"].get("regimes", ()))}),
        appearance=DemoAppearance(**data["appearance"]),
        partners=tuple(_partner(partner) for partner in data.get("partners", [])),
        cookies=tuple(DemoCookie(**_sealed(cookie)) for cookie in data.get("cookies", [])),
        opt_out_links=tuple(DemoLink(**_sealed(link)) for link in data.get("opt_out_links", [])),
        texts=MappingProxyType(_sealed(data.get("texts", {}))),
    )


def _partner(partner: Mapping[str, Any]) -> DemoPartner:
    return DemoPartner(**_sealed({"privacy_notice_url": "", "purpose": {}, "parameters": {}, **partner}))


def _sealed(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: MappingProxyType(value) if isinstance(value, dict) else value for key, value in table.items()}

"""The partner library: facts about third parties and the steps of their tags, read from `library/*.toml`.

Standard library only. Nothing here knows a website: what it makes of a template is the catalogue's business.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cookies.fact_checks import (
    PLACEHOLDER,
    choice_faults,
    choices_faults,
    cookie_faults,
    host_faults,
    pattern_faults,
    repeated_faults,
    shape_faults,
    slug_faults,
    text_faults,
    texts_faults,
    translation_faults,
    url_faults,
)
from cookies.step_checks import step_faults
from cookies.vocabulary import CATEGORIES, LOAD_MODES, OPTIONAL_CATEGORIES, PURPOSES, TECHNOLOGIES

FOLDER = Path(__file__).parent / "library"

# A step is an array: a verb and its arguments. The one kind of nested data that leaves this module.
Steps = tuple[Any, ...]

LONGEST_PARAMETER = 120

_TEMPLATE_FIELDS: Mapping[str, type] = {
    "slug": str,
    "name": str,
    "legal_entity": str,
    "country": str,
    "category": str,
    "purposes": list,
    "privacy_notice_url": str,
    "opt_out_url": str,
    "hosts": list,
    "technologies": list,
    "sale_or_share": bool,
    "platform": bool,
    "justification": str,
    "load_modes": list,
    "signalled_note": str,
    "answers_for": list,
    "reviewed": date,
    "unconfirmed": list,
    "purpose": dict,
    "sources": list,
    "parameters": list,
    "cookies": list,
    "loader": list,
    "signals": list,
}
_OPTIONAL_FIELDS = (
    "platform",
    "justification",
    "signalled_note",
    "answers_for",
    "parameters",
    "cookies",
    "loader",
    "signals",
)
_PARAMETER_FIELDS: Mapping[str, type] = {
    "name": str,
    "label": str,
    "pattern": str,
    "example": str,
    "help": str,
    "required": bool,
}


class LibraryError(ValueError):
    """A file of the library cannot be used. The message lists every fault."""


@dataclass(frozen=True)
class Source:
    url: str
    fact: str


@dataclass(frozen=True)
class Parameter:
    name: str
    label: str
    pattern: str
    example: str
    help: str
    required: bool


@dataclass(frozen=True)
class LibraryCookie:
    name: str
    technology: str
    party: str
    lifetime: str
    domain: str
    purpose: Mapping[str, str]


@dataclass(frozen=True)
class LibrarySignal:
    """What a partner is told about consent, and when: before any tag, always, when granted, when refused; and, for a
    platform that keeps the choice itself, once there is an answer."""

    name: str
    default: Steps = ()
    update: Steps = ()
    grant: Steps = ()
    deny: Steps = ()
    answer: Steps = ()


@dataclass(frozen=True)
class LibraryPartner:
    """`platform`: no third party, but what the website runs on. `signalled_note`: what it does before a yes where it
    loads by itself, for whoever chooses that. `answers_for`: categories of which a signal that it shares with others
    says this partner's own answer, where the website has it."""

    slug: str
    name: str
    legal_entity: str
    country: str
    category: str
    purposes: tuple[str, ...]
    privacy_notice_url: str
    opt_out_url: str
    hosts: tuple[str, ...]
    technologies: tuple[str, ...]
    sale_or_share: bool
    load_modes: tuple[str, ...]
    reviewed: date
    unconfirmed: tuple[str, ...]
    purpose: Mapping[str, str]
    sources: tuple[Source, ...]
    parameters: tuple[Parameter, ...]
    cookies: tuple[LibraryCookie, ...]
    loader: Steps
    signals: tuple[LibrarySignal, ...]
    platform: bool = False
    justification: str = ""
    signalled_note: str = ""
    answers_for: tuple[str, ...] = ()


@cache
def load_library() -> Mapping[str, LibraryPartner]:
    """All templates by slug, in alphabetical order. Raises LibraryError with every fault of every file."""
    return read_library(FOLDER)


def read_library(folder: Path) -> Mapping[str, LibraryPartner]:
    faults: list[str] = []
    partners: dict[str, LibraryPartner] = {}
    for path in sorted(folder.glob("*.toml"), key=lambda path: path.stem):
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            faults.append(f"{path.name}: not readable as TOML: {error}.")
            continue
        if found := validate_template(data, path.name):
            faults += found
        else:
            partners[data["slug"]] = _partner(data)
    faults += _shared_signal_faults(partners.values())
    if faults:
        raise LibraryError("\n".join(faults))
    return MappingProxyType(partners)


def validate_template(data: Mapping[str, Any], file_name: str) -> list[str]:
    """Every fault of a template, as a sentence that names the file and the field; nothing for a sound one."""
    faults = shape_faults(data, _TEMPLATE_FIELDS, optional=_OPTIONAL_FIELDS)
    if not faults:
        faults = _fact_faults(data, file_name) + _list_faults(data) + _load_mode_faults(data) + step_faults(data)
    return [f"{file_name}: {fault}" for fault in faults]


def parameter_errors(template: LibraryPartner, values: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the values for a template's parameters: a message to show, by parameter."""
    known = {parameter.name: parameter for parameter in template.parameters}
    unknown = [name for name in values if name not in known]
    errors = {name: f"{template.name} has no parameter called {name}." for name in unknown}
    for name, parameter in known.items():
        value = values.get(name, "")
        if value == "":
            if parameter.required:
                errors[name] = f"{parameter.label} is missing. An example: {parameter.example}"
        elif not _fits(parameter, value):
            errors[name] = f"This does not look like a {parameter.label}. An example: {parameter.example}"
    return errors


def fill(value: Any, values: Mapping[str, str]) -> Any:
    """The value as plain JSON data, with each `{parameter}` replaced; one without a value stays as it is."""
    return _each_text(value, lambda text: PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), text))


def own_answers(users: Iterable[tuple[str, LibraryPartner]]) -> Mapping[str, Mapping[str, str]]:
    """By signal: what it says of a category → what it says of the one partner in use that answers for that.

    `users`: the slug that each partner has on the website, and its template.
    """
    slugs: dict[tuple[str, str], list[str]] = {}
    for slug, template in users:
        for signal in template.signals:
            for category in template.answers_for:
                slugs.setdefault((signal.name, category), []).append(slug)
    answers: dict[str, dict[str, str]] = {}
    for (name, category), found in slugs.items():
        # Of two nobody could say whose answer it is.
        if len(found) == 1:
            answers.setdefault(name, {}).update({f"{mark}{category}": f"{mark}{found[0]}" for mark in "@?"})
    return answers


def follow(steps: Any, answers: Mapping[str, str]) -> Any:
    """The steps as plain JSON data, saying partners' own answers instead of their categories'."""
    return _each_text(steps, lambda text: answers.get(text, text))


def _each_text(value: Any, replace: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return replace(value)
    if isinstance(value, Mapping):
        return {key: _each_text(item, replace) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_each_text(item, replace) for item in value]
    return value


def _fits(parameter: Parameter, value: Any) -> bool:
    return (
        isinstance(value, str)
        and len(value) <= LONGEST_PARAMETER
        and re.fullmatch(parameter.pattern, value) is not None
    )


def _fact_faults(data: Mapping[str, Any], file_name: str) -> list[str]:
    faults = slug_faults("slug", data["slug"])
    if data["slug"] != Path(file_name).stem:
        faults.append(f"slug: {data['slug']!r} is not the name of the file.")
    faults += text_faults("name", data["name"], longest=120)
    # A platform may be a part of the website itself: then nobody receives anything.
    if data["legal_entity"] or data["country"] or data["privacy_notice_url"] or not data.get("platform"):
        faults += text_faults("legal_entity", data["legal_entity"], longest=200)
        faults += pattern_faults("country", data["country"], "[A-Z]{2}", "a country of two capital letters")
        faults += url_faults("privacy_notice_url", data["privacy_notice_url"])
    faults += choice_faults("category", data["category"], CATEGORIES)
    faults += choices_faults("purposes", data["purposes"], PURPOSES)
    faults += choices_faults("technologies", data["technologies"], TECHNOLOGIES)
    if data["opt_out_url"]:
        faults += url_faults("opt_out_url", data["opt_out_url"])
    if "answers_for" in data:
        faults += choices_faults("answers_for", data["answers_for"], OPTIONAL_CATEGORIES)
    faults += texts_faults("unconfirmed", data["unconfirmed"])
    if "signalled_note" in data:
        faults += text_faults("signalled_note", data["signalled_note"])
    return faults + translation_faults("purpose", data["purpose"])


def _list_faults(data: Mapping[str, Any]) -> list[str]:
    faults = [] if data["hosts"] or data.get("platform") else ["hosts is empty."]
    for index, host in enumerate(data["hosts"]):
        faults += [] if _is_placeholder(host) else host_faults(f"hosts[{index}]", host)
    faults += repeated_faults("hosts", data["hosts"])
    faults += [] if data["sources"] else ["sources is empty."]
    for index, source in enumerate(data["sources"]):
        faults += _source_faults(f"sources[{index}]", source)
    for index, parameter in enumerate(data.get("parameters", [])):
        faults += _parameter_faults(f"parameters[{index}]", parameter)
    for index, cookie in enumerate(data.get("cookies", [])):
        found = cookie_faults(f"cookies[{index}]", cookie)
        if not found and cookie["technology"] not in data["technologies"]:
            found = [f"technologies: {cookie['technology']!r} is missing, but cookies[{index}] is one."]
        faults += found
    return faults


def _source_faults(where: str, source: Any) -> list[str]:
    if faults := shape_faults(source, {"url": str, "fact": str}, where=where):
        return faults
    return url_faults(f"{where}.url", source["url"]) + text_faults(f"{where}.fact", source["fact"])


def _parameter_faults(where: str, parameter: Any) -> list[str]:
    if faults := shape_faults(parameter, _PARAMETER_FIELDS, where=where):
        return faults
    faults = pattern_faults(f"{where}.name", parameter["name"], "[a-z][a-z_]*", "a name such as tag_id")
    faults += [fault for key in ("label", "help") for fault in text_faults(f"{where}.{key}", parameter[key])]
    try:
        fits = re.fullmatch(parameter["pattern"], parameter["example"])
    except re.error as error:
        return [*faults, f"{where}.pattern: {parameter['pattern']!r} is not a pattern: {error}."]
    if not fits:
        faults.append(f"{where}.example: {parameter['example']!r} does not fit the pattern.")
    if re.fullmatch(parameter["pattern"], ""):
        faults.append(f"{where}.pattern must not allow an empty value.")
    return faults


def _load_mode_faults(data: Mapping[str, Any]) -> list[str]:
    modes = data["load_modes"]
    faults = choices_faults("load_modes", modes, LOAD_MODES)
    if ("managed" in modes) != bool(data.get("loader")):
        faults.append("load_modes: managed and a loader belong together.")
    if "signalled" in modes and not data.get("signals"):
        faults.append("load_modes: signalled needs signals.")
    if data.get("answers_for") and not data.get("signals"):
        faults.append("answers_for needs signals.")
    # Whoever lets a tag load before a yes is told what it does then.
    if ("signalled" in modes and not data.get("platform")) != bool(data.get("signalled_note")):
        faults.append("signalled_note belongs to partners that may be signalled, and to no others.")
    return faults + _platform_faults(data)


def _platform_faults(data: Mapping[str, Any]) -> list[str]:
    """What the website runs on is told of answers and is asked for none. It brings nothing onto the page."""
    if not data.get("platform"):
        faults = ["justification is for platforms only."] if data.get("justification") else []
        answers = any(isinstance(signal, dict) and signal.get("answer") for signal in data.get("signals", []))
        return [*faults, "signals: answer is for platforms only."] if answers else faults
    faults = text_faults("justification", data.get("justification", ""))
    if data["category"] != "strictly_necessary":
        faults.append("category: a platform is strictly necessary.")
    if data["load_modes"] != ["signalled"]:
        faults.append("load_modes: a platform is signalled, and nothing else.")
    return faults


def _shared_signal_faults(partners: Iterable[LibraryPartner]) -> list[str]:
    """A signal of one name is sent once for all partners that carry it, so they must mean the same."""
    first: dict[str, tuple[str, LibrarySignal]] = {}
    speakers: dict[tuple[str, str], str] = {}
    faults = []
    for partner in partners:
        for signal in partner.signals:
            slug, known = first.setdefault(signal.name, (partner.slug, signal))
            if known != signal:
                faults.append(f"{partner.slug}.toml: signals: {signal.name} differs from that in {slug}.toml.")
            for category in partner.answers_for:
                slug = speakers.setdefault((signal.name, category), partner.slug)
                if slug != partner.slug:
                    faults.append(f"{partner.slug}.toml: answers_for: {slug}.toml answers for {category} already.")
    return faults


def _is_placeholder(host: Any) -> bool:
    return isinstance(host, str) and PLACEHOLDER.fullmatch(host) is not None


def _partner(data: Mapping[str, Any]) -> LibraryPartner:
    """A checked table as a value that nobody can change."""
    parts = {
        "sources": tuple(Source(**source) for source in data["sources"]),
        "parameters": tuple(Parameter(**parameter) for parameter in data.get("parameters", [])),
        "cookies": tuple(LibraryCookie(**_frozen(cookie)) for cookie in data.get("cookies", [])),
        "loader": _frozen(data.get("loader", [])),
        "signals": tuple(LibrarySignal(**_frozen(signal)) for signal in data.get("signals", [])),
    }
    return LibraryPartner(**{**{key: _frozen(value) for key, value in data.items()}, **parts})


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, dict):
        return MappingProxyType({key: _frozen(item) for key, item in value.items()})
    return value

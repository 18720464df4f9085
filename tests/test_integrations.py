"""What we hand to programs that answer for people: rules in their formats, on promised hooks, in words they know."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import get_resolver

from consent.builtin_texts import available_languages, builtin_texts
from consent.wording import OPTIONAL_CATEGORIES, version_texts
from tests.node import node_command
from tests.test_docs import section, text_of

ROOT = Path(__file__).resolve().parent.parent
INTEGRATIONS = ROOT / "integrations"
AUTOCONSENT = json.loads((INTEGRATIONS / "autoconsent" / "sayso.json").read_text())
CONSENT_O_MATIC = json.loads((INTEGRATIONS / "consent-o-matic" / "sayso.json").read_text())
# In these a browser may answer without any rule: autoconsent 16.23.0 knows how websites ask and refuse in them. Of
# other languages it knows one of the two at most, and needs our rule.
RECOGNISED = frozenset({"de", "en", "es", "fr", "it", "nl", "pl", "pt", "pt-BR"})


def strings(value: Any) -> Iterator[str]:
    """Every text in it, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)


# ---- the formats


def test_autoconsent_rule_has_the_form_that_every_version_reads() -> None:
    required = {"name", "detectCmp", "detectPopup", "optOut", "optIn"}
    assert required <= AUTOCONSENT.keys() <= required | {"cosmetic", "runContext", "test"}
    # Upstream's files are named after the rule, and its generated ones begin with auto_.
    assert AUTOCONSENT["name"] == "sayso"
    # A rule that only hid the question would leave it unanswered, and be asked again on each page.
    assert AUTOCONSENT["cosmetic"] is False
    kinds = {
        part: {key for step in AUTOCONSENT[part] for key in step} - {"check"}
        for part in ("detectCmp", "detectPopup", "optOut", "optIn", "test")
    }
    # Detection may not wait, and no step runs code of ours.
    assert kinds == {
        "detectCmp": {"exists"},
        "detectPopup": {"visible"},
        "optOut": {"waitForThenClick"},
        "optIn": {"waitForThenClick"},
        "test": {"visible"},
    }


def test_autoconsent_rule_answers_each_question_both_ways() -> None:
    def answered(part: str) -> set[str]:
        return set(re.findall(r'layer="(\w+)"', AUTOCONSENT[part][0]["waitForThenClick"]))

    assert answered("optOut") == answered("optIn") == {"banner", "notice", "changes"}
    assert set(re.findall(r'layer="(\w+)"', AUTOCONSENT["detectPopup"][0]["visible"])) == answered("optOut")
    # What a person opened is not a question.
    assert "preferences" not in json.dumps(AUTOCONSENT)


# Consent-O-Matic: which keys each kind of action and matcher may have.
STEPS = {
    "click": {"target", "parent"},
    "list": {"actions"},
    "consent": {"consents"},
    "ifcss": {"target", "parent", "trueAction", "falseAction"},
    "waitcss": {"target", "parent", "retries", "waitTime", "negated"},
    "css": {"target", "parent"},
    "checkbox": {"target", "parent"},
}


def steps_of(value: Any) -> Iterator[dict[str, Any]]:
    """Every action and matcher in it."""
    if isinstance(value, list):
        for inner in value:
            yield from steps_of(inner)
    elif isinstance(value, dict):
        if value.get("type") in STEPS:
            yield value
        for inner in value.values():
            yield from steps_of(inner)


def test_consent_o_matic_rule_has_its_form() -> None:
    rules = {name: rule for name, rule in CONSENT_O_MATIC.items() if name != "$schema"}
    assert list(rules) == ["sayso"]
    rule = rules["sayso"]
    assert rule.keys() == {"detectors", "methods"}
    assert [set(detector) for detector in rule["detectors"]] == [{"presentMatcher", "showingMatcher"}]
    assert [method["name"] for method in rule["methods"]] == ["OPEN_OPTIONS", "DO_CONSENT", "SAVE_CONSENT"]
    steps = list(steps_of(rule))
    assert len(steps) > 10
    for step in steps:
        assert step.keys() - {"type"} <= STEPS[step["type"]], step
        for place in (step.get("target"), step.get("parent")):
            assert place is None or place.keys() <= {"selector", "displayFilter"}, step
    consents = next(step["consents"] for step in steps if step["type"] == "consent")
    assert all(consent.keys() == {"type", "matcher", "toggleAction"} for consent in consents)


def test_consent_o_matic_rule_maps_each_category_once() -> None:
    consents = next(step["consents"] for step in steps_of(CONSENT_O_MATIC["sayso"]) if step["type"] == "consent")
    mapped = {}
    for consent in consents:
        read, clicked = (consent[part]["target"]["selector"] for part in ("matcher", "toggleAction"))
        assert read == clicked
        mapped[consent["type"]] = read
    # B is performance and analytics, A preferences and functionality, F advertising.
    assert mapped == {
        "B": 'input[data-category="performance"]',
        "A": 'input[data-category="functional"]',
        "F": 'input[data-category="targeting"]',
    }


@pytest.mark.parametrize("rule", [AUTOCONSENT, CONSENT_O_MATIC], ids=["autoconsent", "Consent-O-Matic"])
def test_rules_use_documented_hooks_only(rule: Any) -> None:
    promised = section(text_of("embedding.md"), "Automation hooks")
    selectors = [text for text in strings(rule) if "[" in text]
    hooks = {hook for selector in selectors for hook in re.findall(r'\[(data-[\w-]+)(?:="([\w-]+)")?\]', selector)}
    assert len(hooks) > 5
    for attribute, value in hooks:
        assert attribute in promised
        assert f"`{value}`" in promised or f'"{value}"' in promised or attribute == "data-category" or not value, value
    # Nothing but hooks: no class, no id, no place in the tree.
    for selector in selectors:
        rest = re.sub(r'\[data-[\w-]+(="[\w-]+")?\]', "", selector)
        assert set(re.findall(r"\S+", rest.replace(",", " "))) <= {"input"}, selector


# ---- the words


def first_layers(language: str) -> Iterator[dict[str, Any]]:
    """Each wording that the question can have in this language: one partner or many or none, every use or one."""
    for partner_count in (0, 1, 6):
        for used in (OPTIONAL_CATEGORIES, OPTIONAL_CATEGORIES[:1], OPTIONAL_CATEGORIES[2:]):
            texts = version_texts(
                language=language,
                builtin=builtin_texts(language),
                overrides={},
                site_name="Example",
                partner_count=partner_count,
                used_categories=used,
            )
            buttons = [texts[name] for name in ("details_link", "reject_all", "accept_all", "choose")]
            yield {"text": "\n".join([texts["banner_title"], texts["banner_text"], *buttons]), "buttons": buttons}


def as_the_heuristic_sees_them(banners: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = json.loads(
        subprocess.run(
            [*node_command(), "tests/heuristics.mjs"],
            cwd=ROOT,
            input=json.dumps(banners),
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
    )
    assert len(answers) == len(banners)
    return answers


def test_first_layer_is_recognised_in_every_language_that_the_heuristic_knows() -> None:
    cases = [(language, banner) for language in available_languages() for banner in first_layers(language)]
    answers = as_the_heuristic_sees_them([banner for _, banner in cases])
    problems = []
    refusable = set()
    for (language, banner), answer in zip(cases, answers, strict=True):
        details, refuse, accept, choose = answer["buttons"]
        # It presses the first that it takes for a refusal: it may be this one only, in any language.
        assert "reject" not in (details, accept, choose), (language, banner["buttons"])
        if answer["asks"] and refuse == "reject":
            refusable.add(language)
        elif language in RECOGNISED:
            problems.append((language, "button" if refuse != "reject" else "text", banner["text"]))
    assert problems == []
    # All of them have texts; and where the package has learned another language, this list grows.
    assert refusable == RECOGNISED


# ---- names that filter lists block

# Lists block files by such words in their names, a website's own included. One that lost our file would ask nobody.
BLOCKED = re.compile(
    r"cookie|consent(?!s\b)|gdpr|ccpa|cmp|tcf|privacy|banner|tracking|popup|tarteaucitron", re.IGNORECASE
)
# What a browser asks for on a website's page, or on a hosted page, by route.
LOADED = {
    "snippet",
    "snippet-immutable",
    "snippet-language",
    "events",
    "impressions",
    "region",
    "consents",
    "page-colours",
}


def test_files_that_pages_load_have_names_that_lists_leave_alone() -> None:
    routes = {pattern.name: str(pattern.pattern) for pattern in routes_of(get_resolver().url_patterns)}
    assert routes.keys() >= LOADED
    addresses = [re.sub(r"\(\?P<\w+>|\\", "", routes[name]) for name in sorted(LOADED)]
    files = [path.relative_to(ROOT).as_posix() for path in (ROOT / "static" / "pages").rglob("*") if path.is_file()]
    assert files
    assert [name for name in [*addresses, *files] if BLOCKED.search(name)] == []


def routes_of(patterns: list[Any]) -> Iterator[Any]:
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from routes_of(pattern.url_patterns)
        else:
            yield pattern

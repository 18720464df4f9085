"""The house keeps its shape: imports point one way, pure rooms stay pure, and nothing hides inside a function."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "config", "consent", "cookies")

# Rules without Django, clock, randomness or I/O. They may use the standard library, each other, and Babel's
# plural and list rules, which are tables.
PURE = {
    "consent/checklist.py",
    "consent/commitments.py",
    "consent/consent_cookie.py",
    "consent/contrast.py",
    "consent/deciding.py",
    "consent/decision_facts.py",
    "consent/decisions.py",
    "consent/demo/hosts.py",
    "consent/devices.py",
    "consent/differences.py",
    "consent/edits.py",
    "consent/experiments.py",
    "consent/embed_lines.py",
    "consent/expiry.py",
    "consent/grant_proof.py",
    "consent/keeping.py",
    "consent/ledger/checkpoints.py",
    "consent/ledger/leaf.py",
    "consent/ledger/merkle.py",
    "consent/ledger/notes.py",
    "consent/ledger/tiles.py",
    "consent/limits.py",
    "consent/markup.py",
    "consent/news.py",
    "consent/outcomes.py",
    "consent/page_check.py",
    "consent/page_policy.py",
    "consent/page_remarks.py",
    "consent/page_tags.py",
    "consent/pages/choice.py",
    "consent/pages/languages.py",
    "consent/pages/situation.py",
    "consent/pages/wordings.py",
    "consent/payload.py",
    "consent/places.py",
    "consent/privacy_signals.py",
    "consent/promises.py",
    "consent/proxies.py",
    "consent/public_addresses.py",
    "consent/ranges.py",
    "consent/rates.py",
    "consent/receipts/checking.py",
    "consent/receipts/others.py",
    "consent/receipts/ours.py",
    "consent/regime_words.py",
    "consent/regimes.py",
    "consent/schedules.py",
    "consent/side_by_side.py",
    "consent/small_cells.py",
    "consent/tracking_status.py",
    "consent/translations.py",
    "consent/user_tokens.py",
    "consent/webhooks.py",
    "consent/wellknown/lines.py",
    "consent/withdrawals.py",
    "consent/wording.py",
    "cookies/matching.py",
    "cookies/origins.py",
    "cookies/step_lines.py",
    "cookies/tokens.py",
    "cookies/vocabulary.py",
}
IMPURE_MODULES = {"os", "random", "secrets", "time", "socket", "subprocess", "pathlib", "sqlite3"}
ALLOWED_LIBRARIES = {"babel"}
# Beside the rules, what consent/website/ may use: it reads files of ours, and nothing else.
FOR_FOREIGN_PROJECTS = {"consent.builtin_texts"}
# (module, names): imported where they are used because the app registry is not ready before, or few need them.
LATE_IMPORTS = {
    ("consent/apps.py", "consent"),
    ("consent/append_only.py", "django.apps"),
    ("consent/reports/evidence.py", "psycopg"),
}


def sources() -> list[Path]:
    return [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_cookies_never_imports_consent_nor_config() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sources()
        for name in imports(parsed(path))
        if (path.is_relative_to(ROOT / "cookies") and name.split(".")[0] in ("consent", "config"))
        or (path.is_relative_to(ROOT / "consent") and name.split(".")[0] == "config")
    ]
    assert not wrong


def test_room_for_foreign_projects_imports_rules_and_django_only() -> None:
    """It runs in somebody else's Django project, where our models, settings and libraries do not exist."""
    pure_modules = {module.removesuffix(".py").replace("/", ".") for module in PURE}
    folder = ROOT / "consent" / "website"
    wrong = []
    for path in sorted(folder.rglob("*.py")):
        for name in imports(parsed(path)):
            top = name.split(".")[0]
            is_rule = name in pure_modules or name == "consent" or name in FOR_FOREIGN_PROJECTS
            is_library = top in sys.stdlib_module_names or top in ("django", "asgiref")
            if not (is_rule or is_library or name.startswith("consent.website.")):
                wrong.append(f"{path.relative_to(ROOT)}: {name}")
    assert list(folder.rglob("*.py"))
    assert not wrong


def test_models_import_no_services_and_services_no_edges() -> None:
    edges = ("admin", "api", "pages", "forms", "views", "management")
    wrong = []
    for path in sources():
        parts = path.relative_to(ROOT).parts
        for name in imports(parsed(path)):
            target = name.split(".")
            if target[0] not in APPS:
                continue
            below = {"models": ("services", "delivery", *edges), "services": edges}.get(
                parts[1] if len(parts) > 2 else ""
            )
            if below and any(room in target[1:2] for room in below):
                wrong.append(f"{'/'.join(parts)}: {name}")
    assert not wrong


@pytest.mark.parametrize("room", sorted(PURE))
def test_pure_rooms_use_the_standard_library_and_each_other_only(room: str) -> None:
    pure_modules = {module.removesuffix(".py").replace("/", ".") for module in PURE}
    for name in imports(parsed(ROOT / room)):
        top = name.split(".")[0]
        allowed = name in pure_modules or (top in sys.stdlib_module_names and top not in IMPURE_MODULES)
        assert allowed or top in ALLOWED_LIBRARIES, f"{room} imports {name}"


@pytest.mark.parametrize("room", sorted(PURE))
def test_pure_rooms_read_no_clock_and_no_chance(room: str) -> None:
    calls = {ast.unparse(node.func) for node in ast.walk(parsed(ROOT / room)) if isinstance(node, ast.Call)}
    assert not calls & {"datetime.now", "datetime.utcnow", "uuid.uuid4", "uuid.uuid1", "open", "print", "input"}


def test_web_addresses_are_opened_in_one_place_only() -> None:
    """Anything else could be led to what only the server reaches. A website that is itself Django asks its platform."""
    opens = {"http", "socket", "ssl", "urllib.request", "urllib3", "requests", "httpx"}
    found = {
        str(path.relative_to(ROOT))
        for path in sources()
        for name in imports(parsed(path))
        if name in opens or name.split(".")[0] in opens - {"http"} or name == "http.client"
    }
    assert found == {"consent/outbound.py", "consent/website/source.py"}


def test_no_import_hides_inside_a_function() -> None:
    hidden = [
        (str(path.relative_to(ROOT)), name)
        for path in sources()
        for node in ast.walk(parsed(path))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        for name in imports(node)
    ]
    assert set(hidden) <= LATE_IMPORTS


def test_every_module_says_what_it_holds() -> None:
    silent = [
        str(path.relative_to(ROOT)) for path in sources() if path.stat().st_size and not ast.get_docstring(parsed(path))
    ]
    assert not silent


def test_no_room_is_a_drawer_for_everything() -> None:
    names = {path.stem for path in sources()} | {path.parent.name for path in sources()}
    assert not names & {"utils", "helpers", "common", "core", "misc"}

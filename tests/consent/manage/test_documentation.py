"""docs/machine-api.md tells every code, verb and address."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from consent.api.errors import CODES
from consent.api.manage import routes
from cookies.tokens import PREFIX, VERBS
from tests.test_docs import ROOT, first_cells, section, spans, text_of

PAGE = text_of("machine-api.md")


def first_text(path: Path, name: str, at: int) -> set[str]:
    """The codes with which a class of errors is made in a file."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    found = [call.args[at] for call in calls if ast.unparse(call.func) == name and len(call.args) > at]
    return {str(code.value) for code in found if isinstance(code, ast.Constant)}


def test_every_code_is_documented_and_every_documented_one_exists() -> None:
    files = sorted((ROOT / "consent" / "api" / "manage").glob("*.py"))
    raised = set().union(*(first_text(path, "Problem", 1) for path in files))
    raised |= first_text(ROOT / "cookies" / "services" / "tokens.py", "TokenRefused", 0)
    framework = {CODES[status] for status in (404, 405, 406, 415, 429)}
    assert len(raised) > 20
    codes = re.findall(r"^\| \d+ \| (.+?) \|", section(PAGE, "Problems"), re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", " ".join(codes))) == raised | framework


def test_every_verb_is_documented() -> None:
    cells = [cell for cell in first_cells(section(PAGE, "Tokens")) if cell in VERBS]
    assert cells == list(VERBS)
    assert f"`{PREFIX}`" in PAGE


def test_every_address_is_documented() -> None:
    cells = " ".join(re.findall(r"^\| (.+?) \|", section(PAGE, "Addresses"), re.MULTILINE))
    documented = {span.replace("…", "sites/{key}") for span in spans(cells)}
    patterns = [str(pattern.pattern) for pattern in routes.urlpatterns[:-1]]
    known = {re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"{\1}", pattern).strip("^$") for pattern in patterns}
    assert documented == known

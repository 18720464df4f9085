"""The commands and what they install: pinned, documented, and plain about what is missing."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.environment import ENVIRONMENT
from tools.first_settings import first_settings

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
# What the other targets stand on: nobody types them.
INNER = {"server-packages", "all-packages", "node-packages"}
PINNED = re.compile(
    r"""(?P<name>[A-Za-z0-9._-]+(\[[a-z,]+\])?)==[0-9][A-Za-z0-9.]*   # an exact version
        (;\ sys_platform\ ==\ "\w+")?(\s+\#\ .+)?""",
    re.VERBOSE,
)


def lines(name: str) -> list[str]:
    """What a requirements file asks for, with its comments, and without the reference to the other file."""
    text = (ROOT / name).read_text().splitlines()
    return [line for line in text if line and not line.startswith(("#", "-r "))]


def asked_directly(name: str) -> list[str]:
    first_part, _, _ = (ROOT / name).read_text().partition("# --- Asked for by the packages above")
    return [line for line in first_part.splitlines() if line and not line.startswith(("#", "-r "))]


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


# --- Packages --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_requirements_are_exact_versions_and_name_no_index(name: str) -> None:
    assert [line for line in lines(name) if not PINNED.fullmatch(line)] == []


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_direct_requirement_says_why(name: str) -> None:
    assert asked_directly(name)
    assert [line for line in asked_directly(name) if "# " not in line] == []


def test_requirements_of_requirements_are_pinned_too() -> None:
    server, tools = ([Requirement(line.partition("#")[0]) for line in lines(name)] for name in REQUIREMENTS)
    assert unpinned(server) == set()
    assert unpinned([*server, *tools]) == set()


def unpinned(pinned: list[Requirement]) -> set[str]:
    names = {canonicalize_name(requirement.name) for requirement in pinned}
    here = [requirement for requirement in pinned if not requirement.marker or requirement.marker.evaluate()]
    return {name for requirement in here for name in needs(requirement)} - names


def needs(requirement: Requirement) -> set[str]:
    """The packages that an installed one asks for on this machine, by canonical name."""
    asked = [Requirement(text) for text in requires(requirement.name) or []]
    extras = ["", *requirement.extras]
    return {
        canonicalize_name(other.name)
        for other in asked
        if not other.marker or any(other.marker.evaluate({"extra": extra}) for extra in extras)
    }


def test_lock_file_of_node_names_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert len(packages) > 1
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


# --- Commands --------------------------------------------------------------------------------------


def test_help_lists_every_command() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"^make ([a-z-]+) +\S", listed, re.MULTILINE)) == targets() - INNER


def commands_in(page: Path) -> set[str]:
    """The make targets that a page tells its reader to type: in a code block, or between backticks."""
    text = page.read_text()
    typed = "\n".join(re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    return {*re.findall(r"^make ([a-z-]+)", typed, re.MULTILINE), *re.findall(r"`make ([a-z-]+)", text)}


def test_readme_names_the_two_commands() -> None:
    assert {"run", "test"} <= commands_in(ROOT / "README.md")


def test_docs_name_no_command_that_does_not_exist() -> None:
    pages = [ROOT / "README.md", ROOT / ".env.example", *(ROOT / "docs").rglob("*.md")]
    unknown = {page.name: commands_in(page) - targets() for page in pages}
    assert {name: commands for name, commands in unknown.items() if commands} == {}


def test_development_page_explains_every_command() -> None:
    explained = commands_in(ROOT / "docs" / "development.md")
    assert explained == targets() - INNER


def test_every_command_is_declared_phony() -> None:
    declared = re.search(r"^\.PHONY: ((?:.*\\\n)*.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert declared
    assert set(declared[1].replace("\\\n", " ").split()) == targets()


def test_ci_calls_the_two_commands_and_nothing_else() -> None:
    script = (ROOT / ".ci" / "run").read_text().splitlines()
    assert [line for line in script if line.startswith("make ")] == ["make check", "make test"]
    assert len(script) == 5


# --- Settings --------------------------------------------------------------------------------------


def test_secrets_are_not_committed() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert [line for line in ignored if line.startswith((".env", "!"))] == [".env*", "!.env.example"]


def test_first_settings_have_a_key_of_their_own() -> None:
    first, second = (dict(re.findall(r"^([A-Z_]+)=(.+)$", first_settings(), re.MULTILINE)) for _ in range(2))
    assert first.keys() == {"SECRET_KEY", "DEMO", "DEBUG"}
    assert (first["DEMO"], first["DEBUG"]) == ("true", "false")
    assert len(first["SECRET_KEY"]) >= 50
    assert first["SECRET_KEY"] != second["SECRET_KEY"]


def test_tests_have_a_value_for_every_setting() -> None:
    # Otherwise somebody's own .env would decide a result.
    source = (ROOT / "config" / "settings.py").read_text()
    read = set(re.findall(r"[a-z]\(\"([A-Z_]+)\",.*\bdefault=", source))
    assert read == set(ENVIRONMENT)


# --- Installing ------------------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the installer, with nothing to download."""
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "install.sh", tmp_path / "tools")
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    (tmp_path / "path").mkdir()
    for program in ("cmp", "cp", "dirname", "mkdir", "rm", "sh", "touch"):
        found = shutil.which(program)
        assert found
        (tmp_path / "path" / program).symlink_to(found)
    return tmp_path


def put_program(checkout: Path, name: str, script: str) -> None:
    program = checkout / "path" / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def install(checkout: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "tools/install.sh", "requirements.txt"],
        cwd=checkout,
        env={"PATH": str(checkout / "path"), "HOME": str(checkout)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_install_without_a_python_says_what_to_do(checkout: Path) -> None:
    put_program(checkout, "python3", "exit 1")
    outcome = install(checkout)
    assert outcome.returncode == 1
    assert "Python 3.11 or newer" in outcome.stderr
    assert not (checkout / ".venv").exists()


def test_install_with_half_a_python_names_the_package(checkout: Path) -> None:
    put_program(checkout, "apt-get", "exit 1")
    put_program(checkout, "id", "echo 1000")
    put_program(checkout, "python3", 'case "$2" in *ensurepip*) exit 1;; *print*) echo python3.11-venv;; esac; exit 0')
    outcome = install(checkout)
    assert outcome.returncode == 1
    assert "sudo apt-get install python3.11-venv" in outcome.stderr
    assert not (checkout / ".venv").exists()


def test_install_starts_anew_after_an_interruption_and_then_rests(checkout: Path) -> None:
    put_program(checkout, "python3", f'exec "{sys.executable}" "$@"')
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "half-made").touch()
    (checkout / ".venv" / "bin" / "python").write_text("broken")
    first = install(checkout)
    assert first.returncode == 0, first.stderr
    assert not (checkout / ".venv" / "half-made").exists()
    assert subprocess.run([checkout / ".venv" / "bin" / "python", "-c", "import pip"], check=False).returncode == 0
    second = install(checkout)
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")

"""The documentation is complete, and true where a test can tell."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.apps import apps
from django.core.management import BaseCommand, get_commands, load_command_class
from django.urls import URLPattern, URLResolver, get_resolver

from consent import consent_cookie
from consent.api.errors import CODES
from consent.api.events import EventBody
from consent.website import configuration
from consent.website.templatetags import sayso as tags
from consent.website.tracking import GPC, STATUS
from consent.website.visitor import VisitorConsent
from cookies import vocabulary
from cookies.partner_library import validate_template

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
OWN_APPS = ("accounts", "consent", "cookies")
# Whom a page may name: made-up websites, this machine as everybody has it, and what we refer to.
KNOWN_HOSTS = {
    "localhost",
    "127.0.0.1",
    "github.com",
    "keepachangelog.com",
    "semver.org",
    "www.rfc-editor.org",
    "www.w3.org",
    "w3c.github.io",
}


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def headings(text: str) -> list[str]:
    """The headings outside code blocks, without their signs."""
    return re.findall(r"^#+ (.+)$", without_code(text), re.MULTILINE)


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def spans(text: str) -> set[str]:
    """What stands between backticks."""
    return set(re.findall(r"`([^`\n]+)`", without_code(text)))


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one of any level."""
    found = re.search(rf"^#+ {re.escape(heading)}$\n(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"There is no heading {heading!r}."
    return found[1]


def first_cells(text: str) -> list[str]:
    """The first cell of each row of a table, without backticks."""
    rows = re.findall(r"^\| (.+?) \|", text, re.MULTILINE)
    return [cell.replace("`", "") for cell in rows]


# --- Settings --------------------------------------------------------------------------------------


def variables_read() -> set[str]:
    """The names that settings.py reads: the first argument of `env` and of the readers defined there."""
    tree = ast.parse((ROOT / "config" / "settings.py").read_text(encoding="utf-8"))
    readers = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)} | {"env"}
    return {
        str(node.args[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).split(".")[0] in readers
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and re.fullmatch("[A-Z_]+", str(node.args[0].value))
    }


def test_every_variable_has_a_heading_and_every_heading_a_variable() -> None:
    documented = [heading for heading in headings(text_of("configuration.md")) if heading.isupper()]
    assert sorted(documented) == sorted(variables_read())


def test_overview_of_the_variables_is_complete() -> None:
    overview, _, _ = text_of("configuration.md").partition("\n## ")
    assert set(re.findall(r"^\| \[`([A-Z_]+)`\]", overview, re.MULTILINE)) == variables_read()


def test_example_settings_name_known_variables() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^(?:# )?([A-Z_]+)=", example, re.MULTILINE)) <= variables_read()


# --- Routes ----------------------------------------------------------------------------------------


def routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    """Every public address, with `{name}` for what varies; the admin has its own guide."""
    for pattern in patterns:
        here = before + readable(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                yield from routes(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            yield "/" + here


def readable(pattern: str) -> str:
    plain = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", pattern) if "(?P<" not in pattern else without_groups(pattern)
    return plain.removeprefix("^").removesuffix("$").replace("\\", "")


def without_groups(pattern: str) -> str:
    """A regular expression with each named group written as its name."""
    while found := re.search(r"\(\?P<(\w+)>", pattern):
        depth, at = 1, found.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(pattern[at], 0)
            at += 1
        pattern = f"{pattern[: found.start()]}{{{found[1]}}}{pattern[at:]}"
    return pattern


def test_every_route_is_documented_and_every_documented_route_exists() -> None:
    known = set(routes(get_resolver().url_patterns))
    named = {re.sub(r"^(GET|POST|PUT|DELETE) ", "", span) for span in spans(text_of("api.md"))}
    assert {span for span in named if span.startswith("/")} == known


def test_every_error_code_is_documented() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "consent" / "api").glob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    errors = [call.args[1] for call in calls if ast.unparse(call.func) == "ApiError"]
    raised = {str(code.value) for code in errors if isinstance(code, ast.Constant)}
    assert len(raised) > 5
    assert {*raised, *CODES.values()} <= spans(section(text_of("api.md"), "Errors"))


def test_every_field_of_an_event_is_documented() -> None:
    table = first_cells(section(text_of("api.md"), "Recording a decision"))
    fields = {field.name: field.required for field in msgspec.structs.fields(EventBody)}
    assert set(table) - {"field", "---"} == set(fields)
    for name, is_required in fields.items():
        assert f"| `{name}` | {'yes' if is_required else 'no'} |" in text_of("api.md")


# --- Commands --------------------------------------------------------------------------------------


def own_commands() -> dict[str, BaseCommand]:
    labels = {apps.get_app_config(label).name for label in OWN_APPS}
    return {name: load_command_class(app, name) for name, app in get_commands().items() if app in labels}


def test_every_command_has_a_heading_and_every_heading_a_command() -> None:
    documented = {heading for heading in headings(text_of("commands.md")) if heading == heading.lower()}
    assert documented == set(own_commands())


def test_every_option_of_a_command_is_documented() -> None:
    usual = options(BaseCommand())
    assert usual
    for name, command in own_commands().items():
        assert options(command) - usual <= spans(section(text_of("commands.md"), name)), name


def options(command: BaseCommand) -> set[str]:
    parser = command.create_parser("manage.py", "x")
    return {option for action in parser._actions for option in action.option_strings}


def test_every_system_check_is_documented() -> None:
    source = (ROOT / "consent" / "checks.py").read_text(encoding="utf-8")
    ids = set(re.findall(r'id="(consent\.\w+)"', source))
    assert ids
    assert ids <= spans(text_of("commands.md"))


# --- Django websites -------------------------------------------------------------------------------


def test_every_setting_of_a_django_website_has_a_heading() -> None:
    assert [heading for heading in headings(text_of("django.md")) if heading.isupper()] == list(configuration.KEYS)


def test_every_template_tag_has_a_heading() -> None:
    documented = re.findall(r"^### `\{% (\w+) %\}`$", text_of("django.md"), re.MULTILINE)
    assert sorted(documented) == sorted(tags.register.tags)


def test_every_check_and_address_of_a_django_website_is_documented() -> None:
    source = (ROOT / "consent" / "website" / "checks.py").read_text(encoding="utf-8")
    ids = re.findall(r'id="(sayso\.\w+)"', source)
    assert ids
    addresses = [f"GET {address}" for address in (STATUS, f"{STATUS}my-site", GPC)]
    assert {*ids, *addresses} <= spans(text_of("django.md"))
    public = {name for name in vars(VisitorConsent) if not name.startswith("_")} - {"tracking", "finish"}
    assert public <= {name.partition("(")[0] for name in first_cells(section(text_of("django.md"), "In Python"))}


# --- JavaScript ------------------------------------------------------------------------------------


def snippet_source() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "static" / "snippet").glob("*.js")))


def test_every_method_has_a_heading_and_every_heading_a_method() -> None:
    block = re.search(r"^const api = \{\n(.*?)^\};", snippet_source(), re.MULTILINE | re.DOTALL)
    assert block
    methods = set(re.findall(r"^  (\w+)(?:,$|:)", block[1], re.MULTILINE))
    assert "withdraw" in methods
    documented = re.findall(r"^### `sayso\.(\w+)\(.*\)`$", text_of("embedding.md"), re.MULTILINE)
    assert sorted(documented) == sorted(methods)


def test_every_event_is_documented() -> None:
    heard = set(re.findall(r'emit\("(\w+)"\)', snippet_source()))
    assert "change" in heard
    assert set(first_cells(section(text_of("embedding.md"), "`sayso.on(name, function)`"))) - {"event", "---"} == heard
    assert {f"sayso:{name}" for name in heard} <= spans(section(text_of("embedding.md"), "Events of the document"))


def test_every_stable_hook_is_in_the_snippet() -> None:
    hooks = spans(section(text_of("embedding.md"), "Automation hooks"))
    layers = set(re.findall(r'data-sayso-layer="([\w-]+)"', " ".join(hooks)))
    actions = {"accept-all", "reject-all", "preferences", "save", "close"}
    assert layers == {"banner", "preferences"}
    assert actions - {"accept-all"} <= hooks
    assert '[data-sayso-action="accept-all"]' in hooks
    assert all(f'"{name}"' in snippet_source() for name in (*layers, *actions, "data-category", "data-partner"))


# --- Examples --------------------------------------------------------------------------------------


def test_example_of_the_cookie_is_one() -> None:
    text = section(text_of("embedding.md"), "The consent cookie")
    example = re.search(r"^```text\n(.+)\n```$", text, re.MULTILINE)
    assert example
    choice = consent_cookie.parse(example[1])
    assert choice
    assert consent_cookie.format(choice) == example[1]
    assert re.findall(r"^\| \d \| `(.+?)` \|", text, re.MULTILINE) == example[1].split(".")


def test_example_of_a_partner_is_sound() -> None:
    block = re.search(r"^```toml\n(.*?)^```$", text_of("partners.md"), re.MULTILINE | re.DOTALL)
    assert block
    assert validate_template(tomllib.loads(block[1]), "example-analytics.toml") == []


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        ("categories", vocabulary.CATEGORIES),
        ("purposes", vocabulary.PURPOSES),
        ("technologies", vocabulary.TECHNOLOGIES),
        ("parties", vocabulary.PARTIES),
        ("load modes", vocabulary.LOAD_MODES),
        ("units of a lifetime", vocabulary.LIFETIME_UNITS),
    ],
)
def test_closed_sets_are_listed_as_they_are(row: str, codes: tuple[str, ...]) -> None:
    line = re.search(rf"^\| {row} \| (.+) \|$", text_of("partners.md"), re.MULTILINE)
    assert line
    assert re.findall(r"`(\w+)`", line[1]) == list(codes)


def test_every_step_is_documented() -> None:
    verbs = re.findall(r'^\| `\["(\w+)"', section(text_of("partners.md"), "Steps"), re.MULTILINE)
    assert verbs == list(vocabulary.STEP_VERBS)


def test_every_moment_of_a_signal_is_documented() -> None:
    cells = first_cells(section(text_of("partners.md"), "Signals"))
    assert [cell for cell in cells if cell not in ("moment", "---")] == list(vocabulary.SIGNAL_MOMENTS)


def test_map_of_the_house_names_what_exists() -> None:
    named = {span for page in PAGES for span in spans(page.read_text(encoding="utf-8"))}
    folders = "config|consent|cookies|static|templates|tests|tools"
    # A name in capitals, such as CODE.toml, is the reader's to fill in.
    paths = {span for span in named if re.fullmatch(rf"(?:{folders})/[a-z0-9_./-]*", span)}
    assert len(paths) > 20
    assert sorted(path for path in paths if not (ROOT / path).exists()) == []


# --- Links and names -------------------------------------------------------------------------------


def links(page: Path) -> Iterator[str]:
    yield from re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text(encoding="utf-8")))


def anchors(page: Path) -> set[str]:
    """A heading's anchor, as GitHub and GitLab make it: lower case, without punctuation, spaces as hyphens."""
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in headings(page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        if "://" in link:
            continue
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    found, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        found.add(page)
        for link in links(page):
            target = (page.parent / link.partition("#")[0]).resolve()
            target = target / "README.md" if target.is_dir() else target
            if target.suffix == ".md" and target.exists() and target not in found:
                waiting.append(target)
    assert set(PAGES) - found == set()


def test_decisions_are_counted_without_a_gap() -> None:
    files = sorted(path.name for path in (DOCS / "decisions").glob("[0-9]*.md"))
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))
    for name in files:
        assert text_of(f"decisions/{name}").startswith(f"# {int(name[:4])}. ")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_pages_name_no_machine_of_ours(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    hosts = set(re.findall(r"\b(?:https?|postgres)://(?:[^\s/@]*@)?([A-Za-z0-9.%-]+)", text))
    # %2F begins the folder of a socket.
    foreign = {host for host in hosts if not re.fullmatch(r"(.+\.)?example\.com|%2F.*", host)}
    assert foreign <= KNOWN_HOSTS
    assert re.findall(r"(?<![\w.])/(?:work|root|home|Users|tmp|mnt)\b\S*", text) == []

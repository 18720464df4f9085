"""The lines above a tag that loads before a yes: what they leave behind where they run."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import pytest

from cookies.partner_library import fill, load_library
from cookies.step_lines import lines_before, lines_inside
from tests.node import node_command


def defaults_of(slug: str) -> list[dict[str, Any]]:
    return [{"default": fill(signal.default, {})} for signal in load_library()[slug].signals]


def left_behind(script: str, what: str) -> Any:
    """What stands in a page's window after the lines, by running them."""
    code = re.fullmatch("<script>(.*)</script>", script)
    assert code
    program = f"globalThis.window = globalThis; {code[1]}; console.log(JSON.stringify({what}));"
    outcome = subprocess.run([*node_command(), "-e", program], capture_output=True, text=True, check=True, timeout=30)
    return json.loads(outcome.stdout)


def test_google_finds_every_type_denied_as_arguments_of_a_command() -> None:
    lines = lines_before(defaults_of("google-analytics"))
    commands = left_behind(lines, "dataLayer.map((entry) => [Object.prototype.toString.call(entry), ...entry])")
    assert [command[:3] for command in commands] == [
        ["[object Arguments]", "consent", "default"],
        ["[object Arguments]", "set", "ads_data_redaction"],
    ]
    assert commands[0][3].pop("security_storage") == "granted"
    assert commands[0][3].pop("wait_for_update") == 500
    assert set(commands[0][3].values()) == {"denied"}


@pytest.mark.parametrize(
    ("slug", "what", "found"),
    [
        ("microsoft-advertising", "uetq", ["consent", "default", {"ad_storage": "denied"}]),
        ("matomo", "_paq", [["requireConsent"]]),
        ("hubspot", "disableHubSpotCookieBanner", True),
        (
            "microsoft-clarity",
            "clarity.q.map((call) => [...call])",
            [["consentv2", {"ad_Storage": "denied", "analytics_Storage": "denied"}]],
        ),
        ("wp-consent-api", "wp_consent_type", "optin"),
    ],
)
def test_partner_finds_its_default_in_its_own_queue(slug: str, what: str, found: Any) -> None:
    assert left_behind(lines_before(defaults_of(slug)), what) == found
    assert lines_inside(defaults_of(slug)) == ""


@pytest.mark.parametrize(
    ("slug", "inside"),
    [("meta-pixel", 'fbq("consent","revoke");'), ("tiktok-pixel", "ttq.holdConsent();")],
)
def test_partner_whose_own_code_makes_the_function_is_told_inside_it(slug: str, inside: str) -> None:
    assert (lines_before(defaults_of(slug)), lines_inside(defaults_of(slug))) == ("", inside)


def test_partner_without_a_default_needs_no_lines() -> None:
    assert (lines_before(defaults_of("posthog")), lines_inside(defaults_of("posthog"))) == ("", "")


def test_nothing_can_leave_the_script() -> None:
    lines = lines_before([{"default": [["set", "x", "</script><!--&\u2028"]]}])
    assert left_behind(lines, "x") == "</script><!--&\u2028"
    assert not set("<>&\u2028") & set(lines.removeprefix("<script>").removesuffix("</script>"))

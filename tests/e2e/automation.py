"""DuckDuckGo's autoconsent as a browser runs it: the package's own content script, answered as its extension answers.

The script runs in the page's world, so that nothing has to be evaluated for it from outside. It presses with
`element.click()`, as in a real extension: an event that no person made.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import BrowserContext, Page

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "node_modules" / "@duckduckgo" / "autoconsent"
RULE = json.loads((ROOT / "integrations" / "autoconsent" / "sayso.json").read_text())
# What is always so: every kind of rule may run, nothing is hidden before, and it writes into the console what it does.
CONFIG = {
    "enabled": True,
    "disabledCmps": [],
    "enablePrehide": False,
    "enableCosmeticRules": True,
    "enableGeneratedRules": True,
    "enableHeuristicDetection": True,
    "detectRetries": 20,
    "isMainWorld": True,
    "logs": {"lifecycle": True},
}
EXTENSION = """
window.automation = {said: [], attempts: 0};
window.autoconsentSendMessage = async (message) => {
    if (message.type === "report") window.automation.attempts = message.state.findCmpAttempts;
    else window.automation.said.push(message);
    if (message.type !== "init") return;
    const answer = {type: "initResp", config: CONFIG, rules: {autoconsent: RULES}};
    setTimeout(() => window.autoconsentReceiveMessage(answer));
};
"""


def rules_of_the_package() -> list[dict[str, Any]]:
    """Every rule that DuckDuckGo ships."""
    rules: list[dict[str, Any]] = json.loads((PACKAGE / "rules" / "rules.json").read_text())["autoconsent"]
    return rules


def automate(
    context: BrowserContext, *, rules: Sequence[dict[str, Any]] = (), act: str = "optOut", heuristic: bool = False
) -> None:
    """From now on autoconsent acts on every page of this visitor. The heuristic takes only what it calls a refusal."""
    config = {**CONFIG, "autoAction": act, "heuristicMode": "reject" if heuristic else "off"}
    extension = EXTENSION.replace("CONFIG", json.dumps(config)).replace("RULES", json.dumps(list(rules)))
    context.add_init_script(f"{extension}\n{(PACKAGE / 'dist' / 'autoconsent.playwright.js').read_text()}")


def wait_until_done(page: Page) -> None:
    """Until it says that it has answered, or that it failed."""
    page.wait_for_function("() => automation.said.some(({type}) => /Result$|^autoconsentError$/.test(type))")


def said(page: Page) -> list[tuple[str, Any]]:
    """What it reported, in order: each kind with what it names."""
    messages: list[dict[str, Any]] = page.evaluate("() => automation.said")
    return [(message["type"], message.get("result", message.get("cmp"))) for message in messages]


def attempts(page: Page) -> int:
    """How often it has looked for something to answer."""
    count: int = page.evaluate("() => automation.attempts")
    return count

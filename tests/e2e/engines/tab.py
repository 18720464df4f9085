"""A tab of any engine, by the commands that WebDriver gives to all of them.

It answers to the few words of Playwright's `Page` that the visitor's questions need (`tests/e2e/visitor.py`), so both
are asked the same. What it presses and types goes through the engine's own input: a person's, as far as the page sees.
"""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 30
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Escape": "\ue00c", "Space": " "}
# The first that fits, in the page or in a shadow root of ours, and whether the pointer would meet it.
FIND = """([selector]) => {
    const roots = [document, ...[...document.querySelectorAll("[data-sayso-layer]")].map((host) => host.shadowRoot)];
    const found = roots.map((root) => root.querySelector(selector)).find(Boolean);
    if (!found) return null;
    found.scrollIntoView({block: "center", behavior: "instant"});
    const {left, top, width, height} = found.getBoundingClientRect();
    const [x, y] = [Math.floor(left + width / 2), Math.floor(top + height / 2)];
    const root = found.getRootNode();
    const hit = root.elementFromPoint(x, y);
    return hit && (found.contains(hit) || hit.assignedSlot && found.contains(hit.assignedSlot)) ? [x, y] : null;
}"""
# A function is no value that could be handed out.
TRUTH = "(arg) => { const value = (%s)(arg); return typeof value == 'function' || value; }"
READY = "() => document.readyState === 'complete'"
FORGET = "() => { localStorage.clear(); sessionStorage.clear(); }"


class Refused(Exception):
    """The engine did not do what it was told."""


class Driver(Protocol):
    """The way to one engine: a command by its name in the WebDriver standard, and what it yields."""

    def send(self, command: str, **parameters: Any) -> Any: ...


class Tab:
    """One tab; as far as cookies go, it is its own context."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver

    def goto(self, address: str) -> None:
        self.driver.send("Navigate", url=address)

    def reload(self) -> None:
        self.driver.send("Refresh")

    def evaluate(self, function: str, arg: Any = None) -> Any:
        return self.driver.send("ExecuteScript", script=f"return ({function})(arguments[0])", args=[arg])

    def wait_for_function(self, function: str, *, arg: Any = None) -> Any:
        """Until the page answers with something true. A page that is on its way to the next has no answer yet."""
        latest, answer = time.monotonic() + PATIENCE, None
        while time.monotonic() < latest:
            try:
                answer = self.evaluate(TRUTH % function, arg)
            except Refused as refusal:
                answer = refusal
            else:
                if answer:
                    return answer
            time.sleep(0.03)
        raise AssertionError(f"Waited in vain for {function}: {answer!r}")

    def wait_for_load_state(self, state: str = "load") -> None:
        self.wait_for_function(READY)

    def press(self, selector: str) -> None:
        """Click like a person: where it is seen, once it is there."""
        x, y = self.wait_for_function(FIND, arg=[selector])
        self._act(
            "pointer",
            {"type": "pointerMove", "x": x, "y": y, "duration": 0},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        )

    def type(self, key: str) -> None:
        """Press a key: one of KEYS."""
        self._act("key", {"type": "keyDown", "value": KEYS[key]}, {"type": "keyUp", "value": KEYS[key]})

    def cookies(self) -> list[dict[str, Any]]:
        """Those that the page's address would be sent."""
        cookies: list[dict[str, Any]] = self.driver.send("GetCookies")
        return cookies

    def forget(self, address: str) -> None:
        """Become somebody new on this website."""
        self.goto(address)
        self.evaluate(FORGET)
        self.driver.send("DeleteAllCookies")

    def resize(self, width: int, height: int) -> None:
        self.driver.send("SetWindowRect", width=width, height=height)

    def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.driver.send("TakeScreenshot", full=False)))

    def _act(self, kind: str, *steps: dict[str, Any]) -> None:
        self.driver.send("PerformActions", actions=[{"type": kind, "id": kind, "actions": list(steps)}])

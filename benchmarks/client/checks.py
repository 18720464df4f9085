"""What is true or not, whatever the machine: order, withdrawal, signals, policies, accessibility. Nothing is slowed down."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error

from benchmarks.client import website
from benchmarks.client.browser import DESKTOP, PHONE, Chromium, NotShown, Values, until_standing, wait_until
from benchmarks.client.candidates import Candidate

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SIGNALS = {
    "dnt": "Object.defineProperty(Navigator.prototype, 'doNotTrack', { get: () => '1', configurable: true })",
    "gpc": "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true, configurable: true })",
}
SETTLED = 1_500
SHORT = 10_000


def ran_once(ran: list[str]) -> bool:
    return sorted(ran) == sorted(website.IN_ORDER)


def ran_in_order(ran: list[str]) -> bool:
    """Those that ran, in the order of the document, whatever their category."""
    return ran == [name for name in website.IN_ORDER if name in ran] and ran_once(ran)


def withdrawal(chromium: Chromium, candidate: Candidate) -> Values:
    """Accept, withdraw, look: what is left of the declared cookies, and how often the page was loaded again."""
    with chromium.visitor(candidate, slow=False) as (context, page):
        _accept(chromium, candidate, page)
        loads: list[str] = []
        page.on("domcontentloaded", lambda: loads.append(page.url))
        page.evaluate(f"void ({candidate.withdraw})")
        page.wait_for_timeout(SETTLED + 1_000)
        left = sorted(cookie["name"] for cookie in context.cookies() if _is_declared(cookie["name"]))
        return {"left": left, "reloads_on_withdrawal": len(loads)}


def reload_after_refusal(chromium: Chromium, candidate: Candidate) -> Values:
    """Withdrawing where nothing ever ran must not load the page again."""
    with chromium.visitor(candidate, slow=False) as (_, page):
        page.goto(chromium.address(candidate))
        until_standing(page, has_banner=True)
        loads: list[str] = []
        page.on("domcontentloaded", lambda: loads.append(page.url))
        page.evaluate(f"void ({candidate.withdraw})")
        page.wait_for_timeout(SETTLED)
        return {"reloads_for_nothing": len(loads)}


def _is_declared(name: str) -> bool:
    optional = [name for partner in website.PARTNERS for name in partner.first_party]
    return any(fnmatchcase(name, pattern) for pattern in optional)


def honours(chromium: Chromium, candidate: Candidate, signal: str) -> bool:
    """As it comes out of its box: the signal is taken for an answer, so nobody is asked, and nothing runs."""
    with chromium.visitor(candidate, slow=False) as (context, page):
        context.add_init_script(SIGNALS[signal])
        page.goto(chromium.address(candidate))
        page.wait_for_load_state("load")
        page.wait_for_timeout(SETTLED + 1_000)
        asked: bool = page.evaluate("bench.visible > 0")
        ran: list[str] = page.evaluate("window.ran || []")
        return not asked and not ran


def under_policy(chromium: Chromium, candidate: Candidate, policy: str) -> str:
    """Empty where banner and tags work without a violation; else what happened."""
    with chromium.visitor(candidate, slow=False) as (_, page):
        try:
            _accept(chromium, candidate, page, policy)
        except (NotShown, Error):
            return "no banner"
        violations: list[str] = page.evaluate("bench.violations")
        ran: list[str] = page.evaluate("window.ran || []")
        if not ran_once(ran):
            return f"{len(ran)} of {len(website.IN_ORDER)} tags ran"
        return f"{len(violations)} violations" if violations else ""


def accessibility(chromium: Chromium, candidate: Candidate, *, everywhere: bool) -> dict[str, list[str]]:
    """axe's violations by state (`banner, phone, light`): the rules that were broken."""
    found: dict[str, list[str]] = {}
    for device, options in {"phone": PHONE, "desktop": DESKTOP}.items() if everywhere else (("phone", PHONE),):
        for scheme in ("light", "dark") if everywhere else ("light",):
            # Not from what is saved of a phone: a desktop is no phone.
            shape = {"is_mobile": False, "has_touch": False, "device_scale_factor": 1, **options}
            with chromium.visitor(candidate, slow=False, opening=True, color_scheme=scheme, **shape) as (_, page):
                page.goto(chromium.address(candidate))
                until_standing(page, has_banner=True)
                found[f"banner, {device}, {scheme}"] = _violations(page)
                page.locator(candidate.settings).click()
                _try(lambda page=page: wait_until(page, "bench.usable > 0", "no centre", patience=SHORT))
                page.wait_for_timeout(500)
                found[f"preferences, {device}, {scheme}"] = _violations(page)
    return found


def _violations(page: Page) -> list[str]:
    if not page.evaluate("!!window.axe"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    script = "tags => axe.run({ runOnly: { type: 'tag', values: tags } })"
    result: dict[str, Any] = page.evaluate(script, RULES)
    return sorted(violation["id"] for violation in result["violations"])


def _accept(chromium: Chromium, candidate: Candidate, page: Page, policy: str = "") -> None:
    page.goto(chromium.address(candidate, policy))
    until_standing(page, has_banner=True, patience=SHORT)
    page.locator(candidate.accept).tap()
    wait_until(page, f"(window.ran || []).length >= {len(website.IN_ORDER)}", "not every tag ran", forgive=True)
    page.wait_for_timeout(SETTLED)


def _try(work: Callable[[], None]) -> None:
    try:
        work()
    except NotShown:
        pass

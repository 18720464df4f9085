"""What holds or does not, on any machine: order, withdrawal, signals, policies, accessibility. Nothing is slowed."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path

from playwright.sync_api import Error, Page

from benchmarks.client import website
from benchmarks.client.browser import (
    DESKTOP,
    PHONE,
    Chromium,
    NotShown,
    Values,
    count_loads,
    read,
    until_standing,
    wait_until,
)
from benchmarks.client.candidates import Candidate

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SIGNALS = {
    "dnt": "Object.defineProperty(Navigator.prototype, 'doNotTrack', { get: () => '1' })",
    "gpc": "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })",
}
SHORT = 10_000


def ran_once(ran: list[str]) -> bool:
    return sorted(ran) == sorted(website.IN_ORDER)


def ran_in_order(ran: list[str]) -> bool:
    """Those that ran, in the order of the document, whatever their category."""
    return ran == [name for name in website.IN_ORDER if name in ran] and ran_once(ran)


def withdrawal(chromium: Chromium, candidate: Candidate) -> Values:
    """Accept, withdraw, look: what is left of the declared cookies, and how often the page was loaded again."""
    with chromium.visitor(candidate, slow=False) as (context, page):
        _accept(chromium, page, candidate, chromium.address(candidate, host=website.WIDE_HOST))
        loads = count_loads(page)
        read(page, f"void ({candidate.withdraw})")
        page.wait_for_timeout(chromium.pauses.reloaded)
        left = sorted(cookie["name"] for cookie in context.cookies() if _is_declared(cookie["name"]))
        return {"left": left, "reloads_on_withdrawal": loads()}


def reload_after_refusal(chromium: Chromium, candidate: Candidate) -> Values:
    """Withdrawing where nothing ever ran must not load the page again."""
    with chromium.visitor(candidate, slow=False) as (_, page):
        page.goto(chromium.address(candidate))
        until_standing(page, chromium.pauses, has_banner=True)
        loads = count_loads(page)
        read(page, f"void ({candidate.withdraw})")
        page.wait_for_timeout(chromium.pauses.settled)
        return {"reloads_for_nothing": loads()}


def _is_declared(name: str) -> bool:
    optional = [name for partner in website.PARTNERS for name in partner.first_party]
    return any(fnmatchcase(name, pattern) for pattern in optional)


def honours(chromium: Chromium, candidate: Candidate, signal: str) -> bool:
    """As it comes out of its box: the signal is taken for an answer, so nobody is asked, and nothing runs."""
    with chromium.visitor(candidate, slow=False) as (context, page):
        context.add_init_script(SIGNALS[signal])
        page.goto(chromium.address(candidate))
        page.wait_for_load_state("load")
        page.wait_for_timeout(chromium.pauses.reloaded)
        asked: bool = read(page, "bench.visible > 0")
        ran: list[str] = read(page, "window.ran || []")
        return not asked and not ran


def under_policy(chromium: Chromium, candidate: Candidate, policy: str) -> str:
    """Empty where banner and tags work without a violation; else what happened."""
    with chromium.visitor(candidate, slow=False) as (_, page):
        try:
            _accept(chromium, page, candidate, chromium.address(candidate, policy))
        except (NotShown, Error):
            return "no banner"
        violations: list[str] = read(page, "bench.violations")
        ran: list[str] = read(page, "window.ran || []")
        if not ran_once(ran):
            return f"{len(ran)} of {len(website.IN_ORDER)} tags ran"
        return f"violations: {len(violations)}" if violations else ""


def accessibility(chromium: Chromium, candidate: Candidate, *, everywhere: bool) -> dict[str, list[str]]:
    """axe's violations by state (`banner, phone, light`): the rules that were broken."""
    found: dict[str, list[str]] = {}
    for device, options in {"phone": PHONE, "desktop": DESKTOP}.items() if everywhere else (("phone", PHONE),):
        for scheme in ("light", "dark") if everywhere else ("light",):
            # Not from what is saved of a phone: a desktop is no phone.
            shape = {"is_mobile": False, "has_touch": False, "device_scale_factor": 1, **options}
            with chromium.visitor(candidate, slow=False, opening=True, color_scheme=scheme, **shape) as (_, page):
                page.goto(chromium.address(candidate))
                until_standing(page, chromium.pauses, has_banner=True)
                found[f"banner, {device}, {scheme}"] = _violations(page)
                page.locator(candidate.settings).click()
                wait_until(page, "bench.usable > 0", "no preference centre", patience=SHORT)
                page.wait_for_timeout(chromium.pauses.quiet)
                found[f"preferences, {device}, {scheme}"] = _violations(page)
    return found


def _violations(page: Page) -> list[str]:
    if not read(page, "!!window.axe"):
        read(page, AXE.read_text(encoding="utf-8") + ";0")
    options = json.dumps({"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]})
    broken: list[str] = read(page, f"axe.run({options}).then(found => found.violations.map(({{ id }}) => id))")
    return sorted(broken)


def _accept(chromium: Chromium, page: Page, candidate: Candidate, address: str) -> None:
    page.goto(address)
    until_standing(page, chromium.pauses, has_banner=True, patience=SHORT)
    page.locator(candidate.accept).tap()
    wait_until(page, f"(window.ran || []).length >= {len(website.IN_ORDER)}", "not every tag ran", forgive=True)
    page.wait_for_timeout(chromium.pauses.settled)

"""Visits in a real Chromium: a phone on a slow network opens the page, answers, comes back, opens the preferences."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from benchmarks.client import website
from benchmarks.client.candidates import Candidate
from benchmarks.client.server import FOLDER, Bench, Sent, compressed
from benchmarks.client.traces import CATEGORIES, script_milliseconds
from tools.chromium import ARGUMENTS, USUAL, find_chromium

PROBE = (Path(__file__).parent / "probe.js").read_text(encoding="utf-8")
PHONE: dict[str, Any] = {
    "viewport": {"width": 412, "height": 823},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
# Four times slower than this machine; 150 ms and 1.6 Mbit/s, in bytes per second.
CPU, NETWORK = 4, {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
PATIENCE, FORGIVEN = 20_000, 3_000

Values = dict[str, Any]


class NotShown(Exception):
    """What was to be measured never stood."""


@dataclass(frozen=True)
class Pauses:
    """How long, in milliseconds, it is waited for what should not happen."""

    # Nothing may move before it counts as standing.
    quiet: int = 600
    # A page where nobody is asked is watched, after it has loaded.
    watch: int = 1_200
    # The effects of an answer come, and those of one where the page may be loaded again.
    settled: int = 800
    reloaded: int = 2_000
    # A pointer rests on a button before it presses.
    rest: int = 300


# Where nothing is measured.
SHORT_PAUSES = Pauses(quiet=150, watch=200, settled=200, reloaded=400, rest=100)


@dataclass
class Chromium:
    """A browser whose only hosts are this machine's."""

    browser: Browser
    bench: Bench
    # Whether machine and network are those of the figures; else as they are, and times mean nothing.
    is_phone: bool = True
    pauses: Pauses = Pauses()

    @property
    def version(self) -> str:
        return self.browser.version

    @contextmanager
    def visitor(
        self, candidate: Candidate, *, slow: bool = True, opening: bool = False, **options: Any
    ) -> Iterator[tuple[BrowserContext, Page]]:
        """An empty browser with one tab. `opening`: clicks are on the way to the preference centre."""
        context = self.browser.new_context(**{**PHONE, "service_workers": "block", **options})
        context.set_default_timeout(PATIENCE)
        watched = {
            "accept": candidate.accept,
            "banner": candidate.banner,
            "centre": candidate.centre,
            "tagHost": website.TAG_HOST,
            "opening": opening,
        }
        context.add_init_script(PROBE.replace("WATCHED;", json.dumps(watched) + ";"))
        page = context.new_page()
        if slow and self.is_phone:
            session = context.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", NETWORK)
            session.send("Emulation.setCPUThrottlingRate", {"rate": CPU})
        try:
            yield context, page
        finally:
            context.close()

    def address(self, candidate: Candidate, way: str = "", *, host: str = "localhost") -> str:
        """Its page; under a policy, or `plain`: without the embed."""
        return f"http://{host}:{self.bench.port}/page/{candidate.name}" + (f"?{way}" if way else "")


@contextmanager
def chromium(bench: Bench, *, is_phone: bool = True) -> Iterator[Chromium]:
    path = find_chromium(whole=True)
    if path is None:
        raise SystemExit("There is no Chromium. `python -m tools.chromium` installs one, or says what to do.")
    hosts = f"MAP *.{website.TAG_HOST} 127.0.0.1:{bench.port}, MAP * ~NOTFOUND, EXCLUDE localhost"
    hosts += ", EXCLUDE *.localhost, EXCLUDE 127.0.0.1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            # What is measured is a browser as people have it.
            args=[*(USUAL if is_phone else ARGUMENTS), f"--host-resolver-rules={hosts}"],
        )
        yield Chromium(browser, bench, is_phone, Pauses() if is_phone else SHORT_PAUSES)
        browser.close()


# --- Measured visits -------------------------------------------------------------------------------


def first_visit(chromium: Chromium, candidate: Candidate, *, has_banner: bool) -> Values:
    """A first view; then Accept all; then, in another empty cache, the same visitor once more."""
    with chromium.visitor(candidate) as (context, page):
        chromium.bench.forget()
        events = _traced(
            chromium, page, candidate, lambda: until_standing(page, chromium.pauses, has_banner=has_banner)
        )
        seen = _seen(page)
        values = _of_page(page, seen)
        if not has_banner:
            return values
        files = chromium.bench.of_candidate()
        values |= {
            "bytes": _size(files) + _inline_size(candidate),
            "requests": len(files),
            "placed": seen["placed"],
            "visible": seen["visible"],
            "script": _script_time(chromium, candidate, events, seen["placed"]),
            "lcp_is_banner": seen["lcpInBanner"],
        }
        return values | _accept(chromium, page, candidate) | _return(chromium, candidate, context)


def _of_page(page: Page, seen: Values) -> Values:
    paint = read(page, "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
    return {"paint": paint, "lcp": seen["lcp"], "shift": seen["shift"], "blocking": seen["blocking"]}


def _accept(chromium: Chromium, page: Page, candidate: Candidate) -> Values:
    """A finger on Accept all."""
    read(page, "bench.slow.length = 0")
    reloads = count_loads(page)
    page.locator(candidate.accept).tap()
    wait_until(page, "bench.gone > 0", "the banner stayed")
    wait_until(page, f"(window.ran || []).length >= {len(website.IN_ORDER)}", "not every tag ran", forgive=True)
    page.wait_for_timeout(chromium.pauses.quiet)
    seen, tags = _seen(page), read(page, "bench.tags()")
    # Event Timing counts in steps of eight milliseconds, and says nothing of what takes fewer than sixteen.
    next_paint = max([duration for _, duration in seen["slow"]], default=16)
    ran = read(page, "window.ran || []")
    return {
        "gone": seen["gone"] - seen["clicked"],
        "next_paint": next_paint,
        "tag_asked": min((asked for asked, _ in tags), default=float("nan")) - seen["clicked"],
        "tag_answered": min((answered for _, answered in tags), default=float("nan")) - seen["clicked"],
        "ran": ran,
        "reloads_on_accept": reloads(),
    }


def _return(chromium: Chromium, candidate: Candidate, context: BrowserContext) -> Values:
    """The choice is stored, nothing else is. Once more on the page without its embed, which not everybody can start."""
    state = context.storage_state()
    values: Values = {}
    for key, way in (("return_plain_script", "plain"), ("return_script", "")):
        with chromium.visitor(candidate, storage_state=state) as (_, page):
            chromium.bench.forget()
            events = _traced(chromium, page, candidate, lambda: page.wait_for_timeout(chromium.pauses.watch), way)
            values |= {
                key: _script_time(chromium, candidate, events, 60_000, way),
                "return_bytes": _size(chromium.bench.of_candidate()) + _inline_size(candidate),
                "return_asks": read(page, "bench.visible > 0"),
            }
    return values


def unslowed_visit(chromium: Chromium, candidate: Candidate) -> Values:
    """The two script times once more, on the CPU as it is: on a machine that others use too, the steadier ones."""
    with chromium.visitor(candidate, slow=False) as (context, page):
        events = _traced(chromium, page, candidate, lambda: until_standing(page, chromium.pauses, has_banner=True))
        first = _script_time(chromium, candidate, events, _seen(page)["placed"])
        page.locator(candidate.accept).tap()
        wait_until(page, "bench.gone > 0", "the banner stayed")
        page.wait_for_timeout(200)
        state = context.storage_state()
    with chromium.visitor(candidate, slow=False, storage_state=state) as (_, page):
        events = _traced(chromium, page, candidate, lambda: page.wait_for_timeout(chromium.pauses.watch))
        return {"script_unslowed": first, "return_unslowed": _script_time(chromium, candidate, events, 60_000)}


def refused_visit(chromium: Chromium, candidate: Candidate) -> Values:
    """Somebody comes back who has refused: nothing runs, so what is left is the candidate's own work."""
    with chromium.visitor(candidate, slow=False) as (context, page):
        page.goto(chromium.address(candidate))
        until_standing(page, chromium.pauses, has_banner=True)
        read(page, f"void ({candidate.withdraw})")
        page.wait_for_timeout(chromium.pauses.settled)
        state = context.storage_state()
    values: Values = {}
    for key, slow in (("refused_script", True), ("refused_unslowed", False)):
        with chromium.visitor(candidate, slow=slow, storage_state=state) as (_, page):
            events = _traced(chromium, page, candidate, partial(page.wait_for_timeout, chromium.pauses.watch))
            if read(page, "bench.visible > 0"):
                raise NotShown("who has refused is asked again")
            values[key] = _script_time(chromium, candidate, events, 60_000)
    return values


def preferences_visit(chromium: Chromium, candidate: Candidate, *, tap: bool) -> Values:
    """From the banner to the preference centre: a mouse that rests on the button first, or a finger that does not.

    On the page without its embed, whose placeholder may have brought a part of what is asked for now.
    """
    with chromium.visitor(candidate, opening=True) as (_, page):
        chromium.bench.forget()
        page.goto(chromium.address(candidate, "plain"))
        until_standing(page, chromium.pauses, has_banner=True)
        before = chromium.bench.of_candidate()
        chromium.bench.forget()
        button = page.locator(candidate.settings)
        if tap:
            button.tap()
        else:
            button.hover()
            page.wait_for_timeout(chromium.pauses.rest)
            page.mouse.down()
            page.wait_for_timeout(60)
            page.mouse.up()
        wait_until(
            page,
            f"bench.usable > 0 && performance.now() - bench.usable > {chromium.pauses.quiet}",
            "no preference centre",
        )
        seen = _seen(page)
        return {
            "usable_by_tap" if tap else "usable": seen["usable"] - seen["pressed"],
            "centre_bytes": _size(chromium.bench.of_candidate()),
            "plain_bytes": _size(before) + _inline_size(candidate),
            "plain_requests": len(before),
        }


def _size(files: Iterable[Sent]) -> int:
    return sum(sent.size for sent in files)


def _inline_size(candidate: Candidate) -> int:
    """Its configuration in the page is a part of what it costs."""
    return len(compressed(candidate.inline.encode())) if candidate.inline else 0


def _traced(
    chromium: Chromium, page: Page, candidate: Candidate, work: Callable[[], None], way: str = ""
) -> list[dict[str, Any]]:
    chromium.browser.start_tracing(page=page, categories=list(CATEGORIES))
    try:
        page.goto(chromium.address(candidate, way))
        work()
    finally:
        trace = chromium.browser.stop_tracing()
    events: list[dict[str, Any]] = json.loads(trace)["traceEvents"]
    return events


def _script_time(
    chromium: Chromium, candidate: Candidate, events: list[dict[str, Any]], until: float, way: str = ""
) -> float:
    files = f"{chromium.bench.origin}{FOLDER}{candidate.name}/"
    return script_milliseconds(events, page=chromium.address(candidate, way), files=files, until=until)


def until_standing(page: Page, pauses: Pauses, *, has_banner: bool, patience: float = PATIENCE) -> None:
    page.wait_for_load_state("load")
    if has_banner:
        wait_until(
            page,
            f"bench.placed > 0 && performance.now() - bench.placed > {pauses.quiet}",
            "no banner",
            patience=patience,
        )
    else:
        page.wait_for_timeout(pauses.quiet)


def wait_until(
    page: Page, condition: str, otherwise: str, *, forgive: bool = False, patience: float = PATIENCE
) -> None:
    """Looks ten times a second, which costs the page little. Raises NotShown, unless it is to be forgiven."""
    end = time.monotonic() + (FORGIVEN if forgive else patience) / 1000
    while not read(page, condition):
        if time.monotonic() > end:
            if forgive:
                return
            raise NotShown(otherwise)
        page.wait_for_timeout(100)


_sessions: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()


def read(page: Page, expression: str) -> Any:
    """The value of an expression in the page: from outside, so that no policy of the page has a say."""
    if page not in _sessions:
        _sessions[page] = page.context.new_cdp_session(page)
    asked = {"expression": expression, "returnByValue": True, "awaitPromise": True}
    answer = _sessions[page].send("Runtime.evaluate", asked)
    if "exceptionDetails" in answer:
        raise NotShown(str(answer["exceptionDetails"].get("exception", {}).get("description", "error"))[:200])
    return answer["result"].get("value")


def _seen(page: Page) -> Values:
    seen: Values = read(page, "({...bench})")
    return seen


def count_loads(page: Page) -> Callable[[], int]:
    """How often the page is loaded from now on."""
    loads: list[str] = []

    def note(loaded: Page) -> None:
        loads.append(loaded.url)

    page.on("domcontentloaded", note)
    return lambda: len(loads)

"""Script time out of a trace of Chromium: how long the main thread ran, or compiled, what the candidate brought. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

CATEGORIES = ("devtools.timeline", "v8", "blink.user_timing")
# What runs or prepares JavaScript. Style and layout that a script forces are a part of its time.
RUNNING = {"EvaluateScript", "v8.compile", "v8.compileModule", "v8.evaluateModule", "FunctionCall", "RunMicrotasks"}
PROBE = "probe.js"


def script_milliseconds(events: Iterable[Mapping[str, Any]], *, page: str, files: str, until: float) -> float:
    """Between the navigation to `page` and `until` (milliseconds later): the page's own inline scripts, which are the
    candidate's configuration, and everything from an address that begins with `files`. Nested work counts once.

    Microtasks bear no address; nobody else's run in this page.
    """
    events = list(events)
    start = _navigation(events, page)
    end = start + until * 1000
    spans = [
        (event["ts"], min(event["ts"] + event.get("dur", 0), end))
        for event in events
        if event.get("ph") == "X"
        and event.get("name") in RUNNING
        and start <= event["ts"] < end
        and _is_candidates(event, page, files)
    ]
    return _union(spans) / 1000


def _navigation(events: Iterable[Mapping[str, Any]], page: str) -> float:
    starts = [
        float(event["ts"])
        for event in events
        if event.get("name") == "navigationStart"
        and event.get("args", {}).get("data", {}).get("documentLoaderURL") == page
    ]
    if not starts:
        raise ValueError(f"The trace has no navigation to {page}.")
    return starts[-1]


def _is_candidates(event: Mapping[str, Any], page: str, files: str) -> bool:
    if event["name"] == "RunMicrotasks":
        return True
    arguments = event.get("args", {})
    url = str(arguments.get("data", {}).get("url") or arguments.get("fileName") or "")
    return url == page or url.startswith(files)


def _union(spans: Iterable[tuple[float, float]]) -> float:
    total, reached = 0.0, float("-inf")
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total

"""Script time out of a trace of Chromium: how long the page ran, or compiled, what the candidate brought. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

CATEGORIES = ("devtools.timeline", "v8", "blink.user_timing")
# What runs or prepares JavaScript, microtasks included. Style and layout that a script forces are a part of its time.
RUNNING = {"EvaluateScript", "FunctionCall", "v8.compile", "v8.compileModule", "v8.evaluateModule"}


def script_milliseconds(events: Iterable[Mapping[str, Any]], *, page: str, files: str, until: float) -> float:
    """Between the navigation to `page` and `until` (milliseconds later): the page's own inline scripts, which are the
    candidate's configuration, and everything from an address that begins with `files`. Nested work counts once.

    In the thread's own time: what other programs do on this machine meanwhile is not in it, the slowed CPU is.
    """
    events = list(events)
    navigation = _navigation(events, page)
    end = navigation["ts"] + until * 1000
    spans = [
        (event["tid"], event["tts"], event["tts"] + event.get("tdur", 0))
        for event in events
        if event.get("ph") == "X"
        and event["pid"] == navigation["pid"]
        and event.get("name") in RUNNING
        and "tts" in event
        and navigation["ts"] <= event["ts"] < end
        and _is_candidates(event, page, files)
    ]
    return _union(spans) / 1000


def _navigation(events: Iterable[Mapping[str, Any]], page: str) -> Mapping[str, Any]:
    starts = [
        event
        for event in events
        if event.get("name") == "navigationStart"
        and event.get("args", {}).get("data", {}).get("documentLoaderURL") == page
    ]
    if not starts:
        raise ValueError(f"The trace has no navigation to {page}.")
    return starts[-1]


def _is_candidates(event: Mapping[str, Any], page: str, files: str) -> bool:
    # It bears no address; the page has no modules but the candidate's.
    if event["name"] == "v8.evaluateModule":
        return True
    arguments = event.get("args", {})
    url = str(arguments.get("data", {}).get("url") or arguments.get("fileName") or "")
    return url == page or url.startswith(files)


def _union(spans: Iterable[tuple[int, float, float]]) -> float:
    total = 0.0
    reached: dict[int, float] = {}
    for thread, start, end in sorted(spans):
        total += max(0.0, end - max(start, reached.get(thread, start)))
        reached[thread] = max(reached.get(thread, end), end)
    return total

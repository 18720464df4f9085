"""What a website writes above a tag that loads before a yes, so that the tag finds a no. Pure.

The snippet loads without holding the page up, so it may come after such a tag; and where it does not come at all,
nobody would tell the tag anything. The lines are for people to copy; nothing here is run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

GTAG = "window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}"


def lines_before(signals: Iterable[Mapping[str, Any]]) -> str:
    """A script for the page, above the tag; nothing where only the tag's own code can be told."""
    steps = _defaults(signals)
    lines = [line for step in steps if (line := _line(step, _stubs(steps)))]
    if any(step[0] == "gtag" for step in steps):
        lines.insert(0, GTAG)
    return f"<script>{';'.join(lines)}</script>" if lines else ""


def lines_inside(signals: Iterable[Mapping[str, Any]]) -> str:
    """What belongs into the tag's own code, before it begins; nothing where the lines above say it all."""
    steps = _defaults(signals)
    return " ".join(f"{_call(step)};" for step in steps if step[0] == "call" and step[1] not in _stubs(steps))


def _defaults(signals: Iterable[Mapping[str, Any]]) -> list[Sequence[Any]]:
    return [step for signal in signals for step in signal.get("default", ())]


def _stubs(steps: Iterable[Sequence[Any]]) -> set[str]:
    return {step[1] for step in steps if step[0] == "stub"}


def _line(step: Sequence[Any], stubs: set[str]) -> str:
    verb, name, *values = step
    if verb == "gtag":
        return f"gtag({_list([name, *values])})"
    if verb == "set":
        return f"window.{name}={_literal(values[0])}"
    if verb == "push":
        return f"(window.{name}=window.{name}||[]).push({_list(values)})"
    if verb == "stub":
        queue = f"{name}.{values[0]}"
        return f"window.{name}=window.{name}||function(){{({queue}={queue}||[]).push(arguments)}}"
    return _call(step) if name in stubs else ""


def _call(step: Sequence[Any]) -> str:
    return f"{step[1]}({_list(step[2:])})"


def _list(values: Sequence[Any]) -> str:
    return ",".join(map(_literal, values))


def _literal(value: Any) -> str:
    """JSON in which nothing can close the script."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text

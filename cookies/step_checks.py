"""Checks of the steps of tags and signals. Pure.

A step is data: an array of a verb and its arguments. These checks keep it from ever being code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cookies.fact_checks import PLACEHOLDER, repeated_faults, shape_faults, slug_faults, url_faults
from cookies.vocabulary import CATEGORIES, SIGNAL_MOMENTS, STEP_VERBS

# How many arguments each verb takes, at least and at most.
_ARGUMENTS = {
    "set": (2, 2),
    "stub": (2, 2),
    "push": (2, 99),
    "gtag": (1, 99),
    "call": (1, 99),
    "script": (1, 2),
}
_GLOBAL = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_CALLEE = re.compile(rf"{_GLOBAL.pattern}(\.{_GLOBAL.pattern})*")
# What turns text into code, and the page itself.
_CODE = frozenset({"eval", "Function", "setTimeout", "setInterval"})
_PAGE = frozenset({"document", "location", "window", "self", "globalThis", "top", "parent"})
_OUT_OF_REACH = _CODE | _PAGE
_REFERENCES = frozenset(f"{mark}{what}" for mark in "@?" for what in (*CATEGORIES, "partner"))
# Only once there is an answer: one of two words by a category, and a function that does nothing.
_ANSWER_REFERENCE = re.compile(rf"\?({'|'.join(CATEGORIES)}):[a-z]+:[a-z]+|@callback")
# Not the address, which has its own place, and no handler: that would be code.
_ATTRIBUTE = re.compile(r"(?!on|src$|type$)[a-z][a-z-]*")


def step_faults(data: Mapping[str, Any]) -> list[str]:
    """The steps of the loader and the signals, and whether parameters and placeholders match."""
    faults: list[str] = []
    for path, step in _numbered("loader", data.get("loader", [])):
        faults += _one_step(path, step)
    for index, signal in enumerate(data.get("signals", [])):
        faults += _signal_faults(f"signals[{index}]", signal)
    names = [parameter.get("name") for parameter in data.get("parameters", []) if isinstance(parameter, dict)]
    texts = list(_texts([data["hosts"], data.get("loader", []), data.get("signals", [])]))
    used = {name for text in texts for name in PLACEHOLDER.findall(text)}
    faults += repeated_faults("parameters", names)
    unknown, unused = sorted(used - set(names)), [name for name in names if name not in used]
    faults += [f"{{{name}}} is used in a step or a host, but no parameter has that name." for name in unknown]
    return faults + [f"parameters: {name!r} is used in no step and no host." for name in unused]


def _signal_faults(where: str, signal: Any) -> list[str]:
    fields = {"name": str, **dict.fromkeys(SIGNAL_MOMENTS, list)}
    if faults := shape_faults(signal, fields, optional=SIGNAL_MOMENTS, where=where):
        return faults
    faults = slug_faults(f"{where}.name", signal["name"])
    if not any(signal.get(moment) for moment in SIGNAL_MOMENTS):
        faults.append(f"{where} has no steps.")
    for moment in SIGNAL_MOMENTS:
        for path, step in _numbered(f"{where}.{moment}", signal.get(moment, [])):
            faults += _one_step(path, step, references=_REFERENCES, answer=moment == "answer")
            # It is sent before consent too, so it must not bring anything onto the page.
            faults += [f"{path}: a signal loads no script."] if step[:1] == ["script"] else []
    return faults


def _one_step(where: str, step: Any, *, references: frozenset[str] = frozenset(), answer: bool = False) -> list[str]:
    if not isinstance(step, list) or not step or step[0] not in STEP_VERBS:
        return [f"{where}: {step!r} does not begin with one of {', '.join(STEP_VERBS)}."]
    verb, *arguments = step
    own = frozenset(text for text in _texts(arguments) if answer and _ANSWER_REFERENCE.fullmatch(text))
    return _verb_faults(where, verb, arguments) + _value_faults(where, arguments, references | own)


def _verb_faults(where: str, verb: str, arguments: Sequence[Any]) -> list[str]:
    least, most = _ARGUMENTS[verb]
    if not least <= len(arguments) <= most:
        return [f"{where}: {verb} does not take {len(arguments)} arguments."]
    if verb == "gtag":
        return []
    if verb == "script":
        return _script_faults(where, *arguments)
    pattern = _CALLEE if verb == "call" else _GLOBAL
    names = arguments[:2] if verb == "stub" else arguments[:1]
    return [
        f"{where}: {name!r} is not a name that {verb} may use."
        for name in names
        if not isinstance(name, str) or not pattern.fullmatch(name) or name.split(".")[0] in _OUT_OF_REACH
    ]


def _script_faults(where: str, url: Any, attributes: Any = None) -> list[str]:
    faults = url_faults(where, PLACEHOLDER.sub("x.example", url) if isinstance(url, str) else url)
    if attributes is None:
        return faults
    if not isinstance(attributes, dict):
        return [*faults, f"{where}: {attributes!r} are not attributes."]
    wrong = [key for key, value in attributes.items() if not _ATTRIBUTE.fullmatch(key) or not isinstance(value, str)]
    return faults + [f"{where}: {key!r} is not an attribute that a script may get." for key in wrong]


def _value_faults(where: str, value: Any, references: frozenset[str]) -> list[str]:
    """Only what canonical JSON can hold, and no reference that nobody will resolve."""
    if isinstance(value, str):
        sound = value[:1] not in ("@", "?") or value == "@now" or value in references
        return [] if sound else [f"{where}: {value!r} refers to nothing."]
    if isinstance(value, list):
        return [fault for item in value for fault in _value_faults(where, item, references)]
    if isinstance(value, dict):
        return [fault for item in value.values() for fault in _value_faults(where, item, references)]
    return [] if isinstance(value, (bool, int)) else [f"{where}: {value!r} cannot be published."]


def _numbered(where: str, steps: Sequence[Any]) -> Iterable[tuple[str, Any]]:
    return ((f"{where}[{index}]", step) for index, step in enumerate(steps))


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)

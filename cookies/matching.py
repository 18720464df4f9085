"""Cookie names and patterns. Pure."""

from __future__ import annotations


def name_matches(name: str, pattern: str) -> bool:
    """Whether a cookie's name fits a pattern in which `*` stands for any characters, or none."""
    head, *rest = pattern.split("*")
    if not rest:
        return name == pattern
    *middle, tail = rest
    if not name.startswith(head) or len(name) < len(head) + len(tail) or not name.endswith(tail):
        return False
    start, end = len(head), len(name) - len(tail)
    for part in middle:
        found = name.find(part, start, end)
        if found < 0:
            return False
        start = found + len(part)
    return True

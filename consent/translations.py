"""Where a website's own words in one language have fallen behind those in its own language. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping

MISSING, OUTDATED = "missing", "outdated"
# Hex digits of a digest: enough to see that an original is another one.
NAMED_BY = 16


def original_name(text: str) -> str:
    """Names the words that a translation was made from."""
    return hashlib.sha256(text.encode()).hexdigest()[:NAMED_BY]


def behind(
    *,
    original: Mapping[str, str],
    own_original: Collection[str],
    own: Collection[str],
    made_from: Mapping[str, str],
) -> dict[str, str]:
    """The texts that need somebody: `missing` or `outdated` by key.

    `original`: every text in the website's own language; `own_original`, `own`: which of them the website wrote itself,
    there and in the other language; `made_from`: what each translation was made from. Built-in words are translations
    of each other. A translation of which nobody knows what it was made from is taken at its word.
    """
    found = {key: MISSING for key in original if key in own_original and key not in own}
    for key in own:
        if key in original and made_from.get(key, name := original_name(original[key])) != name:
            found[key] = OUTDATED
    return found


def with_origins(
    made_from: Mapping[str, str], *, original: Mapping[str, str], own: Collection[str], written: Collection[str]
) -> dict[str, str]:
    """The origins after `written` were written, or confirmed, in sight of the original."""
    known = {**made_from, **{key: original_name(original[key]) for key in written if key in original}}
    return {key: name for key, name in known.items() if key in own}

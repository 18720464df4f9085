"""Two people on the same page: what one of them changed, and where the other was faster. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def own_edits(
    *, opened: Mapping[str, Any] | None, sent: Mapping[str, Any], current: Mapping[str, Any]
) -> tuple[dict[str, Any], set[str]]:
    """What was changed on a page, and which of it was changed otherwise in the meantime.

    `opened`: what the page began with (None: nobody knows, and all that was sent counts as changed); `current`: what is
    kept now. What was left as it was is not among the changes: there, what somebody else saved stays.
    """
    if opened is None:
        return dict(sent), set()
    changed = {name: value for name, value in sent.items() if value != opened.get(name)}
    lost = {name for name in changed if current.get(name) not in (opened.get(name), changed[name])}
    return changed, lost

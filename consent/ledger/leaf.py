"""A leaf: one event's evidence as canonical JSON (RFC 8785), with its format's name. Pure.

What may have to be erased is in it as salted commitments only: a leaf stays what it is when its visitor is forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from consent.payload import canonical_json

FORMAT = "consent-event-1"
# In the order of their commitments.
COMMITTED = ("consent_ref", "country", "language", "device_class", "client_time")
# The fields of an event that a leaf has under their own names; a website by its key, a version by its digest.
COVERED = frozenset(
    {
        "action",
        "build",
        "categories",
        "commitments",
        "event_id",
        "id",
        "partners",
        "received_at",
        "regime_seen",
        "regime_shown",
        "signals",
        "signals_seen",
        "site",
        "surface",
        "trusted",
        "variant",
        "version",
    }
)
# Not in the leaf, and why: salts would open the commitments.
EXCLUDED = frozenset({"salts"})
TRUTH = {True: "true", False: "false", None: "null"}


class Answer(NamedTuple):
    """What many events have in common, as texts. The four maps are JSON in any spelling."""

    action: str
    surface: str
    categories: str
    partners: str
    regime_shown: str
    regime_seen: str
    signals: str
    signals_seen: str
    trusted: bool | None
    build: str
    variant: str
    version: str
    site: str


# The text of a leaf before its commitments, between its numbers and its time, and after that.
Around = tuple[str, str, str]


def around(answer: Answer) -> Around:
    """What the leaves of all events with this answer have in common: the text around what each has of its own.

    Raises ValueError for what is none of the kind.
    """
    if answer.trusted not in TRUTH:
        raise ValueError("Somebody clicked, a program did, or it is not known.")
    return (
        f'{{"action":{_quoted(answer.action)},"build":{_quoted(answer.build)}'
        f',"categories":{_canonical(answer.categories)},"commitments":',
        f',"partners":{_canonical(answer.partners)},"received_at":"',
        f'","regime_seen":{_quoted(answer.regime_seen)},"regime_shown":{_quoted(answer.regime_shown)}'
        f',"signals":{_canonical(answer.signals)},"signals_seen":{_canonical(answer.signals_seen)}'
        f',"site":"{answer.site}","surface":{_quoted(answer.surface)},"trusted":{TRUTH[answer.trusted]}'
        f',"variant":{_quoted(answer.variant)},"version":"{answer.version}"}}',
    )


def leaf_of(common: Around, *, id_: str, event_id: str, received_at: str, commitments: Sequence[bytes]) -> bytes:
    """The leaf's bytes; the commitments in the order of `COMMITTED`. Raises ValueError for more or fewer of them.

    Written out instead of sorted at run time, since verifying a ledger does this for every event ever recorded.
    """
    before, between, after = common
    consent_ref, country, language, device_class, client_time = commitments
    return (
        f'{before}{{"client_time":"{client_time.hex()}","consent_ref":"{consent_ref.hex()}"'
        f',"country":"{country.hex()}","device_class":"{device_class.hex()}","language":"{language.hex()}"}}'
        f',"event_id":"{event_id}","format":"{FORMAT}","id":"{id_}"{between}{received_at}{after}'
    ).encode()


# Where answers are many, each of their parts is one of few.
@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


@lru_cache(maxsize=4096)
def _canonical(text: str) -> str:
    return canonical_json(json.loads(text)).decode()

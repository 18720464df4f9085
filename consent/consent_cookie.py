"""The consent cookie: read and write it, byte for byte as the browser does (tests/vectors/cookies.json). Pure."""

from __future__ import annotations

import base64
import re
import string
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from consent.privacy_signals import Signals

NAME = "sayso"
# What the browser keeps in local storage until an event is acknowledged.
QUEUE = "sayso-queue"
FORMAT = "1"
OPTIONAL = {"p": "performance", "f": "functional", "t": "targeting"}
# RFC 6265bis: browsers keep no cookie longer.
LONGEST_DAYS = 400
DIGITS = string.digits + string.ascii_lowercase

_SHAPE = re.compile(
    r"1\.(?P<version>[0-9a-f]{12})\.(?P<time>[0-9a-z]{1,8})\.(?P<categories>p?f?t?|-)"
    r"\.(?P<id>[A-Za-z0-9_-]{22})\.(?P<regime>[a-z0-9-]{1,32})~(?P<signals>g?d?)"
    r"(?:\.(?P<partners>[*!][a-z0-9-]{1,40}(?:~[*!][a-z0-9-]{1,40})*))?"
)


@dataclass(frozen=True)
class StoredChoice:
    """A decision as the browser keeps it. `version` is the first 12 hex digits; `decided_at` is Unix seconds."""

    version: str
    decided_at: int
    categories: Mapping[str, bool]
    consent_id: str
    regime: str
    signals: Signals = field(default_factory=Signals)
    partners: Mapping[str, bool] = field(default_factory=dict)

    @property
    def grants_something(self) -> bool:
        return any(self.categories.values()) or any(self.partners.values())

    @property
    def refuses_something(self) -> bool:
        return not (all(self.categories.values()) and all(self.partners.values()))


def parse(value: str) -> StoredChoice | None:
    """The choice in a cookie's value, or None for anything that is not exactly one."""
    found = _SHAPE.fullmatch(value)
    if not found or not found["categories"]:
        return None
    consent_id = _uuid_from(found["id"])
    if consent_id is None:
        return None
    return StoredChoice(
        version=found["version"],
        decided_at=int(found["time"], 36),
        categories={name: letter in found["categories"] for letter, name in OPTIONAL.items()},
        consent_id=consent_id,
        regime=found["regime"],
        signals=Signals(dnt="d" in found["signals"], gpc="g" in found["signals"]),
        partners={item[1:]: item[0] == "*" for item in (found["partners"] or "").split("~") if item},
    )


def newest(values: Iterable[str]) -> StoredChoice | None:
    """Of several cookies of the same name, the newest that can be read."""
    choices = [choice for choice in map(parse, values) if choice]
    return max(choices, key=lambda choice: choice.decided_at, default=None)


def values_in(header: str) -> list[str]:
    """The values of every cookie of our name in a `Cookie` header: there may be several, on other paths or domains."""
    pairs = (pair.strip().partition("=") for pair in header.split(";"))
    return [value for name, _, value in pairs if name == NAME]


def format(choice: StoredChoice) -> str:
    """The cookie's value."""
    packed = base64.urlsafe_b64encode(uuid.UUID(choice.consent_id).bytes).decode().rstrip("=")
    present = ("g" if choice.signals.gpc else "") + ("d" if choice.signals.dnt else "")
    fields = [FORMAT, choice.version, _base36(choice.decided_at), letters(choice.categories), packed]
    fields.append(f"{choice.regime}~{present}")
    if choice.partners:
        fields.append(exceptions(choice.partners))
    return ".".join(fields)


def letters(categories: Mapping[str, bool]) -> str:
    """The granted optional categories, `pft` at most; `-` for none."""
    return "".join(letter for letter, name in OPTIONAL.items() if categories.get(name)) or "-"


def exceptions(partners: Mapping[str, bool]) -> str:
    """The partners that differ from their category: `*granted~!refused`, by slug."""
    return "~".join(("*" if granted else "!") + slug for slug, granted in sorted(partners.items()))


def _uuid_from(packed: str) -> str | None:
    raw = base64.urlsafe_b64decode(packed + "==")
    # 22 characters carry 132 bits: more than one spelling would decode to the same id.
    if base64.urlsafe_b64encode(raw).decode().rstrip("=") != packed:
        return None
    candidate = uuid.UUID(bytes=raw)
    return str(candidate) if candidate.version == 4 else None


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
    return digits or "0"

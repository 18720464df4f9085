"""What an imported list of cookies would change: add what is missing, and never overwrite what is there. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cookies.cookie_tables import CookieRow

# Partner's slug or "", name, technology, domain: one cookie.
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class KnownCookie:
    """A cookie that the website lists already."""

    key: Key
    party: str
    lifetime: str
    category: str
    purpose: Mapping[str, str]


@dataclass(frozen=True)
class Planned:
    """One row of the file, and what becomes of it. `texts`: purposes that are added to a cookie that is there."""

    row: CookieRow
    key: Key
    said: str = ""
    texts: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Plan:
    """`new` are added, `filled` get texts in languages they lack; `kept` differ and stay as they are, `same` do not;
    `refused` have faults; `foreign` belong to partners that the website does not have: partner → number of rows."""

    new: Sequence[Planned]
    filled: Sequence[Planned]
    kept: Sequence[Planned]
    same: Sequence[Planned]
    refused: Sequence[Planned]
    foreign: Mapping[str, int]

    @property
    def changes_something(self) -> bool:
        return bool(self.new or self.filled)


def plan_import(
    rows: Iterable[CookieRow], *, known: Iterable[KnownCookie], partners: Mapping[str, Sequence[str]]
) -> Plan:
    """`partners`: slug → the names under which a list may mean it."""
    there = {cookie.key: cookie for cookie in known}
    slugs = {_folded(name): slug for slug, names in partners.items() for name in (slug, *names)}
    new: dict[Key, Planned] = {}
    lists: dict[str, list[Planned]] = {name: [] for name in ("filled", "kept", "same", "refused")}
    foreign: dict[str, int] = {}
    for row in rows:
        slug = slugs.get(_folded(row.partner)) if row.partner else ""
        if slug is None:
            foreign[row.partner] = foreign.get(row.partner, 0) + 1
            continue
        key = (slug, row.name, row.technology, row.domain)
        if row.faults:
            lists["refused"].append(Planned(row, key, " ".join(row.faults)))
        elif key in new:
            lists["refused"].append(Planned(row, key, f"It stands in row {new[key].row.number} already."))
        elif key not in there:
            new[key] = Planned(row, key)
        else:
            kind, planned = _compared(row, key, there[key])
            lists[kind].append(planned)
    return Plan(new=list(new.values()), foreign=dict(sorted(foreign.items())), **lists)


def _compared(row: CookieRow, key: Key, known: KnownCookie) -> tuple[str, Planned]:
    missing = {code: text for code, text in row.purpose.items() if not known.purpose.get(code)}
    differing = [
        f"{name}: {ours} here, {theirs} in the file"
        for name, ours, theirs in (
            ("kept for", known.lifetime, row.lifetime),
            ("category", known.category, row.category if not key[0] else known.category),
            ("set by", known.party, row.party),
        )
        if ours != theirs
    ]
    differing += [
        f"purpose ({code}) is worded differently"
        for code, text in row.purpose.items()
        if known.purpose.get(code) not in (None, "", text)
    ]
    said = "; ".join(differing)
    if missing:
        return "filled", Planned(row, key, said, missing)
    return ("kept" if differing else "same"), Planned(row, key, said)


def _folded(name: str) -> str:
    return " ".join(name.lower().replace("-", " ").replace("_", " ").split())

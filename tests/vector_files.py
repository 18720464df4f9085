"""The vectors that Python and JavaScript share, and how a case of the decisions is written out in full.

Node's tests do the same in tests/snippet/vectors.mjs.
"""

import json
from pathlib import Path
from typing import Any

from consent import consent_cookie
from consent.consent_cookie import StoredChoice
from consent.decisions import DecidingPartner, DecidingRegime, DecidingVersion
from consent.privacy_signals import Signals

FOLDER = Path(__file__).parent / "vectors"
DAY = 86_400
OPTIONAL = ("performance", "functional", "targeting")
CODES = ("strictly_necessary", *OPTIONAL)
CONSENT_ID = "3f2b8c1e-9a4d-4c7b-8e21-5d6f7a8b9c0d"
DECIDING = ("code", "model", "signals", "grant_days", "refusal_days", "defaults", "reach", "accepts")


def read_vectors(name: str) -> dict[str, Any]:
    vectors: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return vectors


def decision_cases() -> list[dict[str, Any]]:
    """Every case of decisions.json with what it leaves out."""
    vectors = read_vectors("decisions")
    return [_whole(vectors, group, case) for group in vectors["regimes"] for case in group["cases"]]


def stored_choice(case: dict[str, Any] | None) -> StoredChoice | None:
    return StoredChoice(**{**case, "signals": Signals(**case["signals"])}) if case else None


def deciding(case: dict[str, Any]) -> dict[str, Any]:
    """A whole case's inputs as the arguments of `decide`."""
    regime = {name: value for name, value in case["regime"].items() if name in DECIDING}
    partners = [DecidingPartner(**partner) for partner in case["version"]["partners"]]
    return {
        "regime": DecidingRegime(**regime),
        "dnt_policy": case["policy"]["dnt"],
        "signals": Signals(**case["signals"]),
        "stored": stored_choice(case["stored"]),
        "version": DecidingVersion(**{**case["version"], "partners": partners}),
        "now": case["now"],
    }


def _whole(vectors: dict[str, Any], group: dict[str, Any], case: dict[str, Any]) -> dict[str, Any]:
    version = _version(vectors, case.get("version", group["version"]))
    return {
        "name": f"{group['label']}: {case['name']}",
        "regime": group["regime"],
        "policy": case.get("policy", {"dnt": "honour"}),
        "signals": _signals(case.get("signals", [])),
        "stored": _stored(vectors, group, case),
        "version": version,
        "now": vectors["moments"]["now"],
        "expect": {**case["expect"], "grants": _grants(case["expect"]["grants"], version)},
    }


def _signals(present: list[str]) -> dict[str, bool]:
    return {"dnt": "dnt" in present, "gpc": "gpc" in present}


def _stored(vectors: dict[str, Any], group: dict[str, Any], case: dict[str, Any]) -> dict[str, Any] | None:
    if "cookie" in case:
        # None, or the case is about nothing: these are corrupt.
        assert consent_cookie.parse(case["cookie"]) is None
        return None
    if "stored" not in case:
        return None
    named = case["stored"]
    stored: dict[str, Any] = {"answer": named} if isinstance(named, str) else named
    answer = vectors["answers"][stored["answer"]]
    age = stored.get("days_ago", 10) * DAY + stored.get("seconds_ago", 0)
    return {
        "version": stored.get("version", "a1a1a1a1a1a1"),
        "decided_at": vectors["moments"]["now"] - age,
        "categories": {code: code in answer["yes"] for code in OPTIONAL},
        "consent_id": CONSENT_ID,
        "regime": stored.get("regime", group["regime"]["code"]),
        "signals": _signals(stored.get("signals", [])),
        "partners": answer.get("partners", {}),
    }


def _version(vectors: dict[str, Any], name: str) -> dict[str, Any]:
    """A version may be like another one, and then says only what is different; null for a partner that left."""
    own = {key: value for key, value in vectors["versions"][name].items() if key not in ("about", "like")}
    like = vectors["versions"][name].get("like")
    base = _version(vectors, like) if like else {"categories": {}, "partners": [], "grace": {}}
    partners = {partner["slug"]: partner for partner in base["partners"]}
    for slug, facts in own.get("partners", {}).items():
        partners[slug] = facts and {**partners.get(slug, {"slug": slug}), **_in_seconds(vectors, facts)}
    return {
        **base,
        **_in_seconds(vectors, own),
        "categories": {**base["categories"], **own.get("categories", {})},
        "partners": [partner for partner in partners.values() if partner],
        "grace": _in_seconds(vectors, own.get("grace", base["grace"])),
    }


def _in_seconds(vectors: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    """Moments have names there."""
    return {
        key: vectors["moments"].get(value, value) if isinstance(value, str) else value for key, value in facts.items()
    }


def _grants(named: str | dict[str, list[str]], version: dict[str, Any]) -> dict[str, dict[str, bool]]:
    partners = version["partners"]
    if isinstance(named, dict):
        assert set(named["categories"]) <= set(CODES)
        assert set(named["partners"]) <= {partner["slug"] for partner in partners}
        return {
            "categories": {code: code in named["categories"] for code in CODES},
            "partners": {partner["slug"]: partner["slug"] in named["partners"] for partner in partners},
        }
    categories = {
        "everything": set(CODES),
        "no sale": set(CODES) - {"targeting"},
        "necessary": {"strictly_necessary"},
    }[named]
    sold = {partner["slug"] for partner in partners if named == "no sale" and partner.get("sale_or_share")}
    return {
        "categories": {code: code in categories for code in CODES},
        "partners": {
            partner["slug"]: partner["category"] in categories and partner["slug"] not in sold for partner in partners
        },
    }

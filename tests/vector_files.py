"""The vectors that Python and JavaScript share."""

import json
from pathlib import Path
from typing import Any

from consent.consent_cookie import StoredChoice
from consent.decisions import DecidingPartner, DecidingRegime, DecidingVersion
from consent.privacy_signals import Signals

FOLDER = Path(__file__).parent / "vectors"


def read_vectors(name: str) -> dict[str, Any]:
    vectors: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return vectors


def stored_choice(case: dict[str, Any] | None) -> StoredChoice | None:
    return StoredChoice(**{**case, "signals": Signals(**case["signals"])}) if case else None


def deciding(case: dict[str, Any]) -> dict[str, Any]:
    """A case's inputs as the arguments of `decide`."""
    regime = case["regime"]
    version = case["version"]
    return {
        "regime": DecidingRegime(**regime),
        "dnt_policy": case["policy"]["dnt"],
        "signals": Signals(**case["signals"]),
        "stored": stored_choice(case["stored"]),
        "version": DecidingVersion(
            **{**version, "partners": [DecidingPartner(**partner) for partner in version["partners"]]}
        ),
        "now": case["now"],
    }

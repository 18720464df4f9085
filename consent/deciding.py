"""A published payload as what a decision needs of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consent.decisions import ALL_OFF, DecidingPartner, DecidingRegime, DecidingVersion
from consent.payload import loads_early


def deciding_regimes(payload: Mapping[str, Any]) -> tuple[DecidingRegime, ...]:
    """The rows in force, the one for everybody else first. Versions of before 2026-11-25 have fewer fields."""
    return tuple(
        DecidingRegime(
            code=row["code"],
            model=row["model"],
            signals=tuple(row["signals"]),
            grant_days=row["grant_days"],
            refusal_days=row["refusal_days"],
            defaults=row.get("defaults", ALL_OFF),
            reach=row.get("reach", "all"),
            accepts=row.get("accepts"),
        )
        for row in payload["regimes"]
    )


def deciding_version(
    payload: Mapping[str, Any],
    *,
    digest: str,
    ordinals: Mapping[str, int],
    grace: Mapping[str, int] | None = None,
    announce_until: int = 0,
) -> DecidingVersion:
    """`ordinals`: first 12 hex digits of each remembered version → ordinal. `grace` and `announce_until` belong to the
    publication: see DecidingVersion."""
    return DecidingVersion(
        digest=digest[:12],
        ordinals=ordinals,
        categories={category["code"]: category["added"] for category in payload["categories"]},
        partners=tuple(
            DecidingPartner(
                slug=partner["slug"],
                category=partner["category"],
                added=partner["added"],
                sale_or_share=bool(partner.get("sale_or_share")),
                starts_at=partner.get("starts_at", 0),
                runs_unasked=loads_early(partner),
            )
            for partner in payload["partners"]
        ),
        grace=grace or {},
        announce_until=announce_until,
    )

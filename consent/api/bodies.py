"""The parts that several bodies have in common, as msgspec checks them."""

from __future__ import annotations

from typing import Annotated

import msgspec

Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,40}$")]
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
Language = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", max_length=16)]
RegimeCode = Annotated[str, msgspec.Meta(max_length=16)]
Variant = Annotated[str, msgspec.Meta(max_length=40)]
# Without control characters: PostgreSQL keeps no NUL, and nobody reads the others.
Build = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f]*\Z", max_length=40)]
NOT_AN_ARM = "The version was never shown under this name in an A/B test."


class SignalsBody(msgspec.Struct, forbid_unknown_fields=True):
    gpc: bool
    dnt: bool

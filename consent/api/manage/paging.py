"""Lists in pages: a cursor says where the last page ended. It is signed, and belongs to one list with one filter."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core import signing
from django.db.models import Model, Q, QuerySet
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder

from consent.api.manage.etags import fingerprint
from consent.api.manage.problems import Problem, malformed

M = TypeVar("M", bound=Model)
USUAL, MOST = 50, 200
SALT = "consent.api.manage.cursor"


@dataclass(frozen=True)
class Page:
    rows: Sequence[Any]
    next_cursor: str | None


def page_of(
    request: Request, rows: QuerySet[M], *, name: str, site_id: int, order: Sequence[str], filters: Mapping[str, Any]
) -> Page:
    """The rows after the request's `cursor`, at most `limit` of them. Raises Problem (400).

    `order`: fields as for `order_by`, that together are unique. `name`, `site_id` and `filters` are what a cursor
    belongs to. Read along an index, never by an offset: page a thousand costs what page one does.
    """
    belongs = fingerprint([name, site_id, dict(filters)])
    limit = _limit(request.query_params.get("limit", ""))
    if cursor := request.query_params.get("cursor", ""):
        rows = rows.filter(_after(order, _position(cursor, belongs, len(order))))
    found = list(rows.order_by(*order)[: limit + 1])
    if len(found) <= limit:
        return Page(found, None)
    found = found[:limit]
    position = [getattr(found[-1], field.lstrip("-")) for field in order]
    return Page(found, _cursor(belongs, position))


def _limit(text: str) -> int:
    if not text:
        return USUAL
    # A number of more digits is too large whatever it is, and Python takes its time to read it.
    if text.isascii() and text.isdecimal() and len(text) < 5 and 1 <= int(text) <= MOST:
        return int(text)
    raise malformed({"limit": f"A whole number from 1 to {MOST}."})


def _cursor(belongs: str, position: Sequence[Any]) -> str:
    plain = json.loads(json.dumps([belongs, *position], cls=JSONEncoder))
    return signing.dumps(plain, salt=SALT)


def _position(cursor: str, belongs: str, length: int) -> Sequence[Any]:
    position: list[Any]
    try:
        whose, *position = signing.loads(cursor, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise Problem(400, "cursor_unknown", "This cursor was not given by this server.") from None
    if whose != belongs or len(position) != length:
        raise Problem(
            400, "cursor_of_another_list", "This cursor belongs to another list or filter. Begin again without it."
        )
    return position


def _after(order: Sequence[str], position: Sequence[Any]) -> Q:
    """What comes after a position: beyond it in one field, and level with it in those before."""
    beyond, level = Q(), Q()
    for field, value in zip(order, position, strict=True):
        name, side = field.lstrip("-"), "lt" if field.startswith("-") else "gt"
        beyond |= level & Q(**{f"{name}__{side}": value})
        level &= Q(**{name: value})
    first, side = order[0].lstrip("-"), "lte" if order[0].startswith("-") else "gte"
    # Follows from the rest, but only with it does a database begin at the right place of its index.
    return Q(**{f"{first}__{side}": position[0]}) & beyond

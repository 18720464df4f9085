"""What a ModelAdmin of ours refuses: changes to evidence, and any word about rows of other people."""

from __future__ import annotations

from typing import Any, NoReturn

from django.http import Http404, HttpRequest


class StrangersGet404:
    """Missing and forbidden look the same. For a ModelAdmin, before it in the bases."""

    def _get_obj_does_not_exist_redirect(self, *args: Any) -> NoReturn:
        raise Http404("There is no such row, or it is none of yours.")


class ReadOnly(StrangersGet404):
    """To be looked at, never to be added, changed or deleted."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

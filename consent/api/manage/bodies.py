"""How bodies and queries are read: strictly. What has another type, or a name that nobody knows, is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from consent.api.manage.problems import malformed

PAGING = ("cursor", "limit")
# What the REST framework would turn into the right type by itself.
STRICT_TYPES: tuple[tuple[type[serializers.Field[Any, Any, Any, Any]], tuple[type, ...], str], ...] = (
    (serializers.CharField, (str,), "A text."),
    (serializers.BooleanField, (bool,), "true or false."),
    (serializers.IntegerField, (int,), "A whole number."),
)


class Texts(serializers.DictField):
    """A text per language."""

    child = serializers.CharField(max_length=300, allow_blank=True)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        texts: dict[str, str] = super().to_internal_value(data)
        if any(not 2 <= len(code) <= 16 or not code.replace("-", "").isalnum() or not code.isascii() for code in texts):
            raise serializers.ValidationError("Name languages by their codes, such as en or pt-BR.")
        return {code: text for code, text in texts.items() if text}


class Body(serializers.Serializer[Any]):
    """A JSON object. Raises ValidationError, which is told as `malformed`."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise serializers.ValidationError({"body": ["A JSON object."]})
        faults = {str(name): ["There is no such field."] for name in data if name not in self.fields}
        if not self.context.get("is_query"):
            faults |= {
                name: [fault] for name in data if name in self.fields and (fault := self._fault(name, data[name]))
            }
        if faults:
            raise serializers.ValidationError(faults)
        return super().to_internal_value(data)

    def _fault(self, name: str, value: Any) -> str:
        field = self.fields[name]
        if value is None:
            return "" if field.allow_null else "Not null."
        if isinstance(field, serializers.ListField) and isinstance(value, list):
            return next((fault for inner in value if (fault := _type_fault(field.child, inner))), "")
        if isinstance(field, serializers.DictField) and isinstance(value, dict):
            return next((fault for inner in value.values() if (fault := _type_fault(field.child, inner))), "")
        return _type_fault(field, value)


def _type_fault(field: Any, value: Any) -> str:
    for kind, types, sentence in STRICT_TYPES:
        if isinstance(field, kind):
            is_right = isinstance(value, types) and (bool in types or not isinstance(value, bool))
            return "" if is_right else sentence
    return ""


def read_body(request: Request, body: type[Body], *, partial: bool = False) -> dict[str, Any]:
    """What was sent, checked. Raises DRF's ValidationError or ParseError."""
    parser = body(data=request.data, partial=partial)
    parser.is_valid(raise_exception=True)
    return dict(parser.validated_data)


def read_query(request: Request, query: type[Body], *, paged: bool = False) -> dict[str, Any]:
    """The query's fields, checked; in a paged list `cursor` and `limit` are read elsewhere. Raises Problem (400)."""
    if repeated := {name: "Once only." for name, values in request.query_params.lists() if len(values) > 1}:
        raise malformed(repeated)
    # A plain dict: the REST framework takes what a form leaves out for false.
    asked = {name: value for name, value in request.query_params.items() if not (paged and name in PAGING)}
    parser = query(data=asked, context={"is_query": True})
    parser.is_valid(raise_exception=True)
    return dict(parser.validated_data)

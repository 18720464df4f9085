"""The cookies of a website, its own and its partners'."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consent.api.manage.bodies import Body, Texts, read_body, read_query
from consent.api.manage.etags import tagged
from consent.api.manage.paging import page_of
from consent.api.manage.problems import Problem
from consent.api.manage.schema import CURSOR, IF_MATCH, IF_NONE_MATCH, LIMIT, listing, not_modified, operation
from consent.api.manage.view import ManageView
from cookies.admin.log import ADDITION, DELETION, record_token_action
from cookies.models import Cookie
from cookies.services.catalogue import remove_cookie, save_cookie
from cookies.vocabulary import CATEGORIES, PARTIES, TECHNOLOGIES

COOKIE = {
    "id": 12,
    "name": "_ga",
    "partner": "google-analytics",
    "category": "performance",
    "technology": "cookie",
    "party": "first",
    "domain": "",
    "lifetime": "13 month",
    "purpose": {"en": "Tells visitors apart."},
    "etag": "8a6c5b7f9e1d2c3a0d7f0c9a3f2b4d1e",
}
# What the model calls otherwise.
NAMES = {"own_category": "category"}
ID = OpenApiParameter("cookie_id", int, OpenApiParameter.PATH)


class CookieSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField(help_text="Or a pattern, such as _ga_*.")
    partner = serializers.CharField(allow_null=True, help_text="A short name; null for the website's own.")
    category = serializers.ChoiceField(choices=CATEGORIES, help_text="A partner's cookie has its partner's.")
    technology = serializers.ChoiceField(choices=TECHNOLOGIES)
    party = serializers.ChoiceField(choices=PARTIES)
    domain = serializers.CharField()
    lifetime = serializers.CharField(help_text="session, persistent, or such as 13 month.")
    purpose = Texts()
    etag = serializers.CharField()


class CookieBody(Body):
    name = serializers.CharField(max_length=120)
    partner = serializers.CharField(max_length=40, allow_null=True, required=False)
    category = serializers.ChoiceField(choices=CATEGORIES, required=False)
    technology = serializers.ChoiceField(choices=TECHNOLOGIES, required=False)
    party = serializers.ChoiceField(choices=PARTIES, required=False)
    domain = serializers.CharField(max_length=200, allow_blank=True, required=False)
    lifetime = serializers.CharField(max_length=20)
    purpose = Texts()


class CookieQuery(Body):
    partner = serializers.CharField(max_length=40, required=False)


class CookiesView(ManageView):
    """GET and POST /api/v1/manage/sites/{key}/cookies."""

    verbs = {"GET": "read", "POST": "write"}

    @operation(
        "cookies",
        {200: listing("CookiePage", CookieSerializer), 304: not_modified()},
        query=[CookieQuery, CURSOR, LIMIT, IF_NONE_MATCH],
        example={"results": [COOKIE], "next_cursor": None},
    )
    def get(self, request: Request, key: str) -> HttpResponse:
        """In the order in which they were added. `partner`: those of one."""
        asked = read_query(request, CookieQuery, paged=True)
        rows = self.site.cookies.select_related("partner")
        if "partner" in asked:
            rows = rows.filter(partner__slug=asked["partner"])
        page = page_of(request, rows, name="cookies", site_id=self.site.pk, order=["id"], filters=asked)
        results = [cookie_record(cookie) for cookie in page.rows]
        return self.answer({"results": results, "next_cursor": page.next_cursor})

    @operation(
        "add_cookie",
        {201: CookieSerializer},
        takes=CookieBody,
        refuses=(409, 415, 422),
        example=COOKIE,
        sent={name: value for name, value in COOKIE.items() if name not in ("id", "category", "etag")},
    )
    def post(self, request: Request, key: str) -> HttpResponse:
        """Add one. The website's own needs a category; a partner's follows its partner."""
        facts = read_body(request, CookieBody)
        return self.change(lambda: self._add(facts))

    def _add(self, facts: dict[str, Any]) -> HttpResponse:
        cookie = _saved(_filled(Cookie(site=self.site), facts))
        record_token_action(self.token, f"Added the cookie {cookie.name}.", flag=ADDITION)
        return self.answer(cookie_record(cookie), status=201)


class CookieView(ManageView):
    """GET, PATCH and DELETE /api/v1/manage/sites/{key}/cookies/{cookie_id}."""

    verbs = {"GET": "read", "PATCH": "write", "DELETE": "write"}

    @operation("cookie", {200: CookieSerializer, 304: not_modified()}, query=[ID, IF_NONE_MATCH], example=COOKIE)
    def get(self, request: Request, key: str, cookie_id: str) -> HttpResponse:
        """One cookie."""
        return self.answer(cookie_record(self._cookie(cookie_id)))

    @operation(
        "change_cookie",
        {200: CookieSerializer},
        takes=CookieBody,
        query=[ID, IF_MATCH],
        refuses=(409, 412, 415, 422, 428),
        example=COOKIE,
        sent={"lifetime": "13 month"},
    )
    def patch(self, request: Request, key: str, cookie_id: str) -> HttpResponse:
        """Change what is sent."""
        facts = read_body(request, CookieBody, partial=True)
        return self.change(lambda: self._write(self._cookie(cookie_id), facts), state=self._state(cookie_id))

    @operation("remove_cookie", {204: None}, query=[ID, IF_MATCH], refuses=(409, 412, 428))
    def delete(self, request: Request, key: str, cookie_id: str) -> HttpResponse:
        """Leave it out of the next version. Published versions go on listing it."""
        return self.change(lambda: self._remove(self._cookie(cookie_id)), state=self._state(cookie_id))

    def _state(self, cookie_id: str) -> Any:
        return lambda: str(cookie_record(self._cookie(cookie_id))["etag"])

    def _cookie(self, cookie_id: str) -> Cookie:
        cookie = self.site.cookies.select_related("partner").filter(pk=int(cookie_id)).first()
        if cookie is None:
            raise Problem(404, "unknown_cookie", "The website has no cookie with this number.")
        return cookie

    def _write(self, cookie: Cookie, facts: dict[str, Any]) -> HttpResponse:
        _saved(_filled(cookie, facts))
        record_token_action(self.token, f"Changed the cookie {cookie.name}.")
        return self.answer(cookie_record(cookie))

    def _remove(self, cookie: Cookie) -> HttpResponse:
        remove_cookie(cookie=cookie)
        record_token_action(self.token, f"Removed the cookie {cookie.name}.", flag=DELETION)
        return Response(status=204)


def cookie_record(cookie: Cookie) -> dict[str, Any]:
    plain = ("id", "name", "technology", "party", "domain", "lifetime", "purpose")
    return tagged(
        {
            **{name: getattr(cookie, name) for name in plain},
            "partner": cookie.partner.slug if cookie.partner else None,
            "category": cookie.category,
        }
    )


def _saved(cookie: Cookie) -> Cookie:
    try:
        return save_cookie(cookie=cookie)
    except ValidationError as error:
        raise ValidationError({NAMES.get(name, name): found for name, found in error.message_dict.items()}) from None


def _filled(cookie: Cookie, facts: dict[str, Any]) -> Cookie:
    """The cookie with what was sent, unsaved. Raises ValidationError for a partner that is not there."""
    facts = dict(facts)
    if "partner" in facts:
        slug = facts.pop("partner")
        cookie.partner = cookie.site.partners.in_use().filter(slug=slug).first() if slug else None
        if slug and cookie.partner is None:
            raise ValidationError({"partner": "The website has no such partner in use."})
    category = facts.pop("category", "")
    if cookie.partner and category not in ("", cookie.partner.category):
        raise ValidationError({"category": f"It follows {cookie.partner.name}: {cookie.partner.category}."})
    if category and not cookie.partner:
        cookie.own_category = category
    for name, value in facts.items():
        setattr(cookie, name, value)
    return cookie

"""The token itself, and the facts of its website."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from consent.api.manage.bodies import Body, read_body
from consent.api.manage.etags import tagged
from consent.api.manage.schema import IF_MATCH, IF_NONE_MATCH, not_modified, operation
from consent.api.manage.view import ManageView
from consent.builtin_texts import available_languages
from cookies.admin.log import record_token_action
from cookies.models import Site
from cookies.services.sites import set_domains, update_site
from cookies.tokens import VERBS

WEBSITE = {
    "key": "my-site",
    "name": "My site",
    "state": "active",
    "domains": ["https://www.example.com"],
    "default_language": "en",
    "controller_name": "Example Ltd",
    "controller_contact": "privacy@example.com",
    "privacy_policy_url": "https://www.example.com/privacy",
    "cookie_domain": "",
    "keep_path": "",
    "partner_notice_days": 0,
    "etag": "0d7f0c9a3f2b4d1e8a6c5b7f9e1d2c3a",
}


class TokenSerializer(serializers.Serializer[Any]):
    """What a token is and may do."""

    name = serializers.CharField()
    site = serializers.CharField(source="site.key")
    verbs = serializers.ListField(child=serializers.ChoiceField(choices=list(VERBS)))
    expires_at = serializers.DateTimeField()


FACTS = (
    "key",
    "name",
    "state",
    "domains",
    "default_language",
    "controller_name",
    "controller_contact",
    "privacy_policy_url",
    "cookie_domain",
    "keep_path",
    "partner_notice_days",
)


class WebsiteSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=Site.State.values)
    domains = serializers.ListField(child=serializers.CharField())
    default_language = serializers.CharField()
    controller_name = serializers.CharField()
    controller_contact = serializers.CharField()
    privacy_policy_url = serializers.CharField()
    cookie_domain = serializers.CharField()
    keep_path = serializers.CharField()
    partner_notice_days = serializers.IntegerField()
    etag = serializers.CharField()


class WebsiteBody(Body):
    """What may be changed. The key stays for good."""

    name = serializers.CharField(max_length=120)
    domains = serializers.ListField(child=serializers.CharField(max_length=300), max_length=200)
    default_language = serializers.ChoiceField(choices=available_languages())
    controller_name = serializers.CharField(max_length=200, allow_blank=True)
    controller_contact = serializers.CharField(max_length=200, allow_blank=True)
    privacy_policy_url = serializers.CharField(max_length=500, allow_blank=True)
    cookie_domain = serializers.CharField(max_length=120, allow_blank=True)
    keep_path = serializers.CharField(max_length=200, allow_blank=True)
    partner_notice_days = serializers.IntegerField(min_value=0, max_value=90)


class TokenView(ManageView):
    """GET /api/v1/manage/token: open to every token, whatever it allows."""

    verbs = {}

    @operation(
        "this_token",
        {200: TokenSerializer, 304: not_modified()},
        of_site=False,
        query=[IF_NONE_MATCH],
        example={
            "name": "Deployment",
            "site": "my-site",
            "verbs": ["read", "publish"],
            "expires_at": "2027-02-27T09:00:00Z",
        },
    )
    def get(self, request: Request) -> HttpResponse:
        """What this token is for: begin here."""
        return self.answer(TokenSerializer(self.token).data)


class WebsiteView(ManageView):
    """GET and PATCH /api/v1/manage/sites/{key}."""

    verbs = {"GET": "read", "PATCH": "write"}

    @operation("website", {200: WebsiteSerializer, 304: not_modified()}, query=[IF_NONE_MATCH], example=WEBSITE)
    def get(self, request: Request, key: str) -> HttpResponse:
        """The website's facts."""
        return self.answer(website_record(self.site))

    @operation(
        "change_website",
        {200: WebsiteSerializer},
        takes=WebsiteBody,
        query=[IF_MATCH],
        refuses=(409, 412, 415, 422, 428),
        example=WEBSITE,
        sent={"controller_contact": "privacy@example.com"},
    )
    def patch(self, request: Request, key: str) -> HttpResponse:
        """Change what is sent. `domains` count within seconds, all else once it is published."""
        facts = read_body(request, WebsiteBody, partial=True)
        return self.change(lambda: self._write(facts), state=self._state)

    def _state(self) -> str:
        self.site.refresh_from_db()
        return str(website_record(self.site)["etag"])

    def _write(self, facts: dict[str, Any]) -> HttpResponse:
        domains = facts.pop("domains", None)
        if domains is not None:
            _set_domains(self.site, domains)
            record_token_action(self.token, f"Set the addresses to {', '.join(self.site.domains) or 'none'}.")
        if facts:
            update_site(site=self.site, **facts)
            record_token_action(self.token, "Changed the details of the website.")
        return self.answer(website_record(self.site))


def website_record(site: Site) -> dict[str, Any]:
    return tagged({name: getattr(site, name) for name in FACTS})


def _set_domains(site: Site, domains: list[str]) -> None:
    try:
        set_domains(site=site, lines=domains)
    except ValidationError as error:
        raise ValidationError({"domains": error.messages}) from None

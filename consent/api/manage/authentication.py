"""Who asks: a program, by the token that it shows as a bearer (RFC 6750)."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from consent.api.manage.problems import Problem
from cookies.models import Token
from cookies.services.tokens import TokenRefused, find_token, note_use

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="manage"'}


class BearerToken(BaseAuthentication):
    """Raises Problem (401). A session in the admin opens nothing here, so no page can make a browser act."""

    def authenticate(self, request: Request) -> tuple[User, Token]:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not text.strip():
            raise Problem(401, "token_missing", "Send a token as `Authorization: Bearer`.", headers=CHALLENGE)
        now = timezone.now()
        try:
            token = find_token(text=text.strip(), now=now)
        except TokenRefused as refused:
            headers = {"WWW-Authenticate": f'{CHALLENGE["WWW-Authenticate"]}, error="invalid_token"'}
            raise Problem(401, refused.code, refused.sentence, headers=headers) from None
        note_use(token=token, now=now)
        return token.made_by, token


class BearerTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # of drf-spectacular
    """How the OpenAPI document speaks of it."""

    target_class = BearerToken
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A website's token, as its owners make them."}

"""Who may do what by a token, and how it is told otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.utils import timezone

from consent.api.manage import routes
from consent.api.manage.deprecation import Deprecation
from consent.api.manage.view import ManageView
from consent.api.manage.websites import TokenView
from cookies.models import Token
from cookies.services.tokens import revoke_token
from cookies.tokens import VERBS
from tests.consent.manage.conftest import MANAGE, OF_SITE

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User
    from django.test import Client

    from consent.models import Publication
    from cookies.models import Site

pytestmark = pytest.mark.django_db

# Each address below a website, the methods that it knows, and the verb that each of them needs.
VERBS_NEEDED: dict[str, dict[str, str]] = {
    "": {"GET": "read", "PATCH": "write"},
    "/partners": {"GET": "read", "POST": "write"},
    "/partners/chat": {"GET": "read", "PATCH": "write"},
    "/cookies": {"GET": "read", "POST": "write"},
    "/cookies/1": {"GET": "read", "PATCH": "write", "DELETE": "write"},
    "/draft": {"GET": "read"},
    "/versions": {"GET": "read"},
    "/versions/1": {"GET": "read"},
    "/publications": {"POST": "publish"},
    "/statistics": {"GET": "read"},
    "/events": {"GET": "evidence"},
    "/events/0b7d8f4e-6f0a-4c8e-9a53-1f0f5f3c7a10": {"GET": "evidence"},
    "/exports": {"GET": "evidence", "POST": "evidence"},
    "/exports/1": {"GET": "evidence"},
    "/exports/1/file": {"GET": "evidence"},
    "/proofs/inclusion?index=0": {"GET": "evidence"},
    "/proofs/consistency?first=1": {"GET": "evidence"},
}


def test_every_address_is_in_the_table() -> None:
    matched = {get_resolver().resolve(f"{OF_SITE}{path.partition('?')[0]}").url_name for path in VERBS_NEEDED}
    named = {pattern.name for pattern in routes.urlpatterns}
    assert matched == named - {"manage-token", "manage-unknown"}


@pytest.mark.parametrize("path", VERBS_NEEDED)
def test_each_method_needs_its_verb_and_no_other(
    path: str, ask: Callable[..., Any], new_token: Callable[..., str], published: Publication
) -> None:
    for method, needed in VERBS_NEEDED[path].items():
        for verb in VERBS:
            text = new_token(verb, name=f"{method} {verb} {path}")
            answer = ask(method, path, token=text)
            assert (answer.status_code == 403) is (verb != needed), (method, verb, answer.status_code)
            if verb != needed:
                assert answer.json()["code"] == "verb_missing"
                assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", VERBS_NEEDED)
def test_token_of_another_website_finds_nothing(
    path: str,
    ask: Callable[..., Any],
    new_token: Callable[..., str],
    published: Publication,
    mallory: User,
    mallory_site: Site,
) -> None:
    stranger = new_token(site=mallory_site, made_by=mallory)
    for method in VERBS_NEEDED[path]:
        answer = ask(method, path, token=stranger)
        nowhere = ask(method, f"{MANAGE}/sites/nowhere{path}", token=stranger)
        assert (answer.status_code, answer.content) == (404, nowhere.content), method


def test_token_says_what_it_is_for(ask: Callable[..., Any], new_token: Callable[..., str]) -> None:
    answer = ask("GET", f"{MANAGE}/token", token=new_token("publish", "read"))
    told = answer.json()
    assert {name: told[name] for name in ("name", "site", "verbs")} == {
        "name": "CI",
        "site": "numonix",
        "verbs": ["read", "publish"],
    }


@pytest.mark.parametrize("header", [None, "", "Basic YTpi", "Bearer", "Bearer  ", "sayso_x"])
def test_no_token_is_a_challenge(header: str | None, client: Client, site: Site, alice: User) -> None:
    client.force_login(alice)
    answer = client.get(OF_SITE, headers={"Authorization": header} if header is not None else {})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_missing")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_ended_tokens_open_nothing(ask: Callable[..., Any], new_token: Callable[..., str]) -> None:
    gone = new_token(name="Gone")
    revoke_token(token=Token.objects.get(name="Gone"), now=timezone.now())
    late = new_token(name="Late", days=1, ago=timedelta(days=2))
    misread = gone[:-1] + ("y" if gone.endswith("x") else "x")
    codes = {ask("GET", "", token=text).json()["code"] for text in (gone, late, misread)}
    assert codes == {"token_revoked", "token_expired", "token_malformed"}


def test_use_of_a_token_is_noted_but_not_at_each_request(ask: Callable[..., Any], site: Site) -> None:
    ask("GET", "")
    first = Token.objects.get().last_used_at
    assert first
    with CaptureQueriesContext(connection) as queries:
        ask("GET", "")
    assert not [query for query in queries if query["sql"].startswith(("UPDATE", "INSERT"))]
    assert Token.objects.get().last_used_at == first


def test_limit_holds_per_token_and_is_told(
    ask: Callable[..., Any], new_token: Callable[..., str], settings: Any
) -> None:
    settings.TOKEN_RATE = "2/min"
    one, other = new_token(name="One"), new_token(name="Other")
    answers = [ask("GET", "", token=one) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer["RateLimit"].partition(";t=")[0] for answer in answers] == [
        '"token";r=1',
        '"token";r=0',
        '"token";r=0',
    ]
    assert answers[2]["RateLimit-Policy"] == '"token";q=2;w=60'
    assert 1 <= int(answers[2]["Retry-After"]) <= 60
    assert answers[2].json()["code"] == "too_many_requests"
    assert ask("GET", "", token=other).status_code == 200


def test_what_is_refused_counts_too(ask: Callable[..., Any], settings: Any) -> None:
    settings.TOKEN_RATE = "2/min"
    codes = [ask("GET", f"{MANAGE}/sites/{key}").status_code for key in ("nowhere", "elsewhere", "numonix")]
    assert codes == [404, 404, 429]


def test_nothing_is_kept_on_the_way(ask: Callable[..., Any], published: Publication) -> None:
    caching = {path: ask("GET", path)["Cache-Control"] for path in ("", "/partners", "/events", "/nothing")}
    assert caching == {
        "": "private, no-cache",
        "/partners": "private, no-cache",
        "/events": "private, no-store",
        "/nothing": "no-store",
    }
    assert "Authorization" in ask("GET", "")["Vary"]


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", ""), ("OPTIONS", ""), ("DELETE", "/partners/chat"), ("GET", "/publications")]
)
def test_another_method_is_a_problem_too(method: str, path: str, ask: Callable[..., Any], site: Site) -> None:
    answer = ask(method, path)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize("path", ["/nothing", "/versions/x", f"{MANAGE}/", f"{MANAGE}/sites/UPPER"])
def test_unknown_address_is_a_problem_too(path: str, ask: Callable[..., Any], site: Site) -> None:
    answer = ask("GET", path)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_deprecated_address_says_so_sixty_days_ahead(
    ask: Callable[..., Any], site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Deprecation" not in ask("GET", f"{MANAGE}/token")
    now = timezone.now().replace(microsecond=0)
    with pytest.raises(ValueError, match="60 days"):
        Deprecation(since=now, sunset=now + timedelta(days=59), instead="https://consent.example.com/docs")
    ending = Deprecation(since=now, sunset=now + timedelta(days=60), instead="https://consent.example.com/docs")
    monkeypatch.setattr(TokenView, "deprecation", ending)
    answer = ask("GET", f"{MANAGE}/token")
    assert answer["Deprecation"] == f"@{int(now.timestamp())}"
    assert answer["Sunset"].endswith("GMT")
    assert answer["Link"] == '<https://consent.example.com/docs>; rel="deprecation"'
    assert ManageView.deprecation is None

"""Tokens of programs: their form, shown once, kept as a digest, ended in four ways."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from cookies.models import Member, Role, Token
from cookies.services.sites import change_roles
from cookies.services.tokens import TokenRefused, find_token, make_token, note_use, revoke_token
from cookies.tokens import PREFIX, SECRET_BYTES, is_token, token_digest, write_token

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from cookies.models import Site

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@given(st.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES))
def test_every_secret_makes_a_token_of_one_form(secret: bytes) -> None:
    text = write_token(secret)
    assert re.fullmatch(rf"{PREFIX}[0-9A-Za-z]{{49}}", text)
    assert is_token(text)


@given(st.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES), st.integers(len(PREFIX), 54), st.sampled_from("0aZ"))
def test_one_wrong_character_is_noticed(secret: bytes, at: int, letter: str) -> None:
    text = write_token(secret)
    wrong = text[:at] + letter + text[at + 1 :]
    assert is_token(wrong) == (wrong == text)


def test_different_secrets_make_different_tokens() -> None:
    assert len({write_token(bytes([byte]) * SECRET_BYTES) for byte in range(256)}) == 256


def made(site: Site, alice: User, **facts: Any) -> Any:
    return make_token(
        **{"site": site, "made_by": alice, "name": "CI", "verbs": ["read"], "days": 30, "now": NOW, **facts}
    )


@pytest.mark.django_db
class TestService:
    def test_only_the_digest_is_kept(self, site: Site, alice: User) -> None:
        text = made(site, alice).text
        row = Token.objects.values().get()
        assert row["digest"] == token_digest(text)
        secret = text.removeprefix(PREFIX)[:-6]
        assert secret not in str(row)
        assert row["ending"] == text[-4:]

    def test_two_tokens_are_never_the_same(self, site: Site, alice: User) -> None:
        assert made(site, alice).text != made(site, alice, name="Other").text

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"name": " "}, "name"),
            ({"name": "x" * 61}, "name"),
            ({"name": "two\nlines"}, "name"),
            ({"verbs": []}, "verbs"),
            ({"verbs": ["read", "rule"]}, "verbs"),
            ({"days": 0}, "days"),
            ({"days": 366}, "days"),
        ],
    )
    def test_what_makes_no_token(self, facts: dict[str, Any], field: str, site: Site, alice: User) -> None:
        with pytest.raises(ValidationError) as refused:
            made(site, alice, **facts)
        assert set(refused.value.message_dict) == {field}
        assert not Token.objects.exists()

    def test_name_is_free_again_once_its_token_is_revoked(self, site: Site, alice: User) -> None:
        first = made(site, alice)
        with pytest.raises(ValidationError):
            made(site, alice)
        revoke_token(token=first.token, now=NOW)
        assert made(site, alice).token.pk != first.token.pk

    def test_token_opens_its_website_until_it_expires(self, site: Site, alice: User) -> None:
        text = made(site, alice).text
        assert find_token(text=text, now=NOW + 30 * DAY - timedelta(seconds=1)).site == site
        assert refused_with(text, NOW + 30 * DAY) == "token_expired"

    def test_revoked_token_opens_nothing_at_once(self, site: Site, alice: User) -> None:
        one = made(site, alice)
        assert revoke_token(token=one.token, now=NOW)
        assert not revoke_token(token=one.token, now=NOW)
        assert refused_with(one.text, NOW) == "token_revoked"

    def test_token_ends_with_its_makers_ownership(self, site: Site, alice: User, bob: User) -> None:
        text = made(site, alice).text
        Member.objects.create(site=site, user=bob, role=Role.OWNER)
        change_roles(site=site, user=alice, roles=[Role.EDITOR])
        assert refused_with(text, NOW) == "token_without_owner"

    def test_token_ends_with_its_makers_account(self, site: Site, alice: User) -> None:
        text = made(site, alice).text
        alice.is_active = False
        alice.save()
        assert refused_with(text, NOW) == "token_without_owner"

    def test_made_up_token_never_reaches_the_database(self, site: Site, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(0):
            assert refused_with(f"{PREFIX}{'0' * 49}", NOW) == "token_malformed"
        assert refused_with(write_token(bytes(SECRET_BYTES)), NOW) == "token_unknown"

    def test_use_is_written_down_once_a_minute(self, site: Site, alice: User) -> None:
        text = made(site, alice).text
        writes = []
        for seconds in (0, 1, 59, 60, 61):
            now = NOW + timedelta(seconds=seconds)
            token = find_token(text=text, now=now)
            with CaptureQueriesContext(connection) as queries:
                note_use(token=token, now=now)
            writes.append(len(queries))
        assert writes == [1, 0, 0, 1, 0]
        assert Token.objects.get().last_used_at == NOW + timedelta(seconds=60)


def refused_with(text: str, now: datetime) -> str:
    with pytest.raises(TokenRefused) as refused:
        find_token(text=text, now=now)
    return refused.value.code

"""Tokens of programs in the admin: shown once, named in the log, revoked; only by owners, who see no one else's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from cookies.admin.log import last_editor
from cookies.models import Member, Role, Site, Token
from cookies.services.sites import change_roles
from cookies.services.tokens import find_token, make_token
from cookies.tokens import VERBS, is_token
from tests.admin.conftest import queries_of, url

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import User
    from django.test import Client

WISH = {"name": "Deployment", "verbs": ["publish", "read"], "days": "90"}


def shown(page: str) -> list[str]:
    return [found for found in re.findall(r"\w+", page) if is_token(found)]


def test_token_is_shown_once(as_alice: Client, site: Site) -> None:
    answer = as_alice.post(url("tokens", site), WISH)
    [text] = shown(answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    token = find_token(text=text, now=timezone.now())
    assert (token.site, token.name, token.verbs) == (site, "Deployment", ["read", "publish"])
    assert (token.expires_at - token.made_at).days == 90
    later = as_alice.get(url("tokens", site)).content.decode()
    assert "Deployment" in later
    assert not shown(later)


def test_log_tells_of_tokens_and_never_their_text(as_alice: Client, site: Site) -> None:
    [text] = shown(as_alice.post(url("tokens", site), WISH).content.decode())
    as_alice.post(url("token-revoke", site, Token.objects.get().pk))
    lines = list(LogEntry.objects.order_by("id").values_list("change_message", flat=True))
    assert lines == ["Made the token Deployment, which may read, publish.", "Revoked the token Deployment."]
    assert text not in "".join(lines)
    # A token changes nothing of the draft, so its maker may still judge it.
    assert last_editor(site) == ""


def test_same_form_again_makes_no_second_token(as_alice: Client, site: Site) -> None:
    as_alice.post(url("tokens", site), WISH)
    again = as_alice.post(url("tokens", site), WISH)
    assert "already" in again.context["form"].errors["name"][0]
    assert not shown(again.content.decode())
    assert Token.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"name": ""}, {"verbs": []}, {"verbs": ["rule"]}, {"days": "4000"}, {"days": ""}])
def test_wrong_forms_make_no_token(wrong: dict[str, object], as_alice: Client, site: Site) -> None:
    page = as_alice.post(url("tokens", site), {**WISH, **wrong})
    assert set(page.context["form"].errors) == set(wrong)
    assert not Token.objects.exists()


def test_every_verb_is_offered_and_explained(as_alice: Client, site: Site) -> None:
    form = as_alice.get(url("tokens", site)).context["form"]
    assert [code for code, _ in form.fields["verbs"].choices] == list(VERBS)


def test_revoked_token_is_listed_among_the_ended(as_alice: Client, site: Site) -> None:
    as_alice.post(url("tokens", site), WISH)
    as_alice.post(url("token-revoke", site, Token.objects.get().pk))
    page = as_alice.get(url("tokens", site)).context
    assert [len(page[name]) for name in ("rows", "ended")] == [0, 1]


def test_token_of_another_website_is_out_of_reach(
    as_mallory: Client, mallory_site: Site, site: Site, alice: User
) -> None:
    token = make_token(site=site, made_by=alice, name="CI", verbs=["read"], days=1, now=timezone.now()).token
    assert as_mallory.post(url("token-revoke", mallory_site, token.pk)).status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_token_whose_maker_left_says_that_it_opens_nothing(
    browse: Callable[[str], Client], site: Site, people: dict[str, User]
) -> None:
    make_token(site=site, made_by=people["alice"], name="CI", verbs=["read"], days=9, now=timezone.now())
    words = "alice is no owner any more"
    assert words not in browse("alice").get(url("tokens", site)).content.decode()
    Member.objects.create(site=site, user=people["bob"], role=Role.OWNER)
    change_roles(site=site, user=people["alice"], roles=[Role.VIEWER])
    assert words in browse("root").get(url("tokens", site)).content.decode()


def test_team_leads_to_the_tokens(as_alice: Client, site: Site) -> None:
    assert f'href="{url("tokens", site)}"' in as_alice.get(url("team", site)).content.decode()


def test_page_asks_no_more_for_more_tokens(as_alice: Client, site: Site, alice: User) -> None:
    before = queries_of(as_alice, url("tokens", site))
    for number in range(10):
        make_token(site=site, made_by=alice, name=f"P{number}", verbs=["read"], days=9, now=timezone.now())
    assert queries_of(as_alice, url("tokens", site)) == before

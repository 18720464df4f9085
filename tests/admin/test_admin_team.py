"""The team of a website: only its owners change it, and one owner always stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User

from cookies.models import Member, Role, Site
from tests.admin.conftest import url

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client


@pytest.mark.parametrize("who", ["dora", "Dora@example.com"])
def test_somebody_is_added_by_name_or_address(who: str, as_alice: Client, site: Site) -> None:
    User.objects.create_user("dora", "dora@example.com", is_staff=True)
    as_alice.post(url("team", site), {"who": who, "role": "editor"})
    assert site.members.get(user__username="dora").role == Role.EDITOR
    assert LogEntry.objects.get().change_message == "Added dora to the team as editor."


@pytest.mark.parametrize(("who", "words"), [("nobody", "Nobody here is called nobody"), ("bob", "on the team already")])
def test_somebody_who_cannot_be_added_is_explained_at_the_field(
    who: str, words: str, as_alice: Client, site: Site
) -> None:
    answer = as_alice.post(url("team", site), {"who": who, "role": "editor"})
    assert words in answer.context["form"].errors["who"][0]


def test_role_is_changed_and_somebody_removed(as_alice: Client, site: Site) -> None:
    bob = site.members.get(user__username="bob")
    as_alice.post(url("member-role", site, bob.pk), {"role": "auditor"})
    bob.refresh_from_db()
    assert bob.role == Role.AUDITOR
    as_alice.post(url("member-remove", site, bob.pk))
    assert not Member.objects.filter(pk=bob.pk).exists()


def test_last_owner_stays(as_alice: Client, site: Site) -> None:
    alice = site.members.get(role=Role.OWNER)
    for name, sent in (("member-role", {"role": "editor"}), ("member-remove", {})):
        page = as_alice.post(url(name, site, alice.pk), sent, follow=True).content.decode()
        assert "A website needs an owner" in page
    alice.refresh_from_db()
    assert alice.role == Role.OWNER
    assert not LogEntry.objects.exists()


def test_unknown_role_changes_nothing(as_alice: Client, site: Site) -> None:
    bob = site.members.get(user__username="bob")
    as_alice.post(url("member-role", site, bob.pk), {"role": "emperor"})
    bob.refresh_from_db()
    assert bob.role == Role.EDITOR


def test_member_of_another_website_is_out_of_reach(as_mallory: Client, mallory_site: Site, site: Site) -> None:
    bob = site.members.get(user__username="bob")
    assert as_mallory.post(url("member-remove", mallory_site, bob.pk)).status_code == 404
    assert Member.objects.filter(pk=bob.pk).exists()


def test_team_says_what_still_keeps_somebody_out(browse: Callable[[str], Client], site: Site) -> None:
    page = browse("alice").get(url("team", site)).content.decode()
    assert page.count("Can't come in yet") == 1
    assert "needs the group Marketers" in page

"""The team of a website: only its owners change it, and one owner always stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User

from cookies.models import Role, Site
from cookies.services.sites import add_member
from tests.admin.conftest import queries_of, url
from tests.conftest import add_person

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client


def roles_of(site: Site, name: str) -> set[str]:
    return set(site.members.filter(user__username=name).values_list("role", flat=True))


@pytest.mark.parametrize("who", ["dora", "Dora@example.com"])
def test_somebody_is_added_by_name_or_address(who: str, as_alice: Client, site: Site) -> None:
    dora = User.objects.create_user("dora", "dora@example.com", is_staff=True)
    as_alice.post(url("team", site), {"who": who, "roles": ["publisher", "editor"]})
    assert roles_of(site, "dora") == {Role.EDITOR, Role.PUBLISHER}
    assert {group.name for group in dora.groups.all()} == {"Editor", "Publisher"}
    assert LogEntry.objects.get().change_message == "Added dora to the team as editor, publisher."


@pytest.mark.parametrize(("who", "words"), [("nobody", "Nobody here is called nobody"), ("bob", "on the team already")])
def test_somebody_who_cannot_be_added_is_explained_at_the_field(
    who: str, words: str, as_alice: Client, site: Site
) -> None:
    answer = as_alice.post(url("team", site), {"who": who, "roles": ["editor"]})
    assert words in answer.context["form"].errors["who"][0]


def test_roles_are_changed_and_somebody_removed(as_alice: Client, site: Site) -> None:
    bob = User.objects.get(username="bob")
    as_alice.post(url("member-roles", site, bob.pk), {f"{bob.pk}-roles": ["auditor", "viewer"]})
    assert roles_of(site, "bob") == {Role.AUDITOR, Role.VIEWER}
    assert {group.name for group in bob.groups.all()} == {"Auditor", "Viewer"}
    as_alice.post(url("member-remove", site, bob.pk))
    assert not roles_of(site, "bob")
    assert not bob.groups.exists()
    assert [entry.change_message for entry in LogEntry.objects.order_by("id")] == [
        "Changed what bob is on the team, from editor to auditor, viewer.",
        "Took bob off the team.",
    ]


def test_group_stays_while_another_website_gives_the_role(as_alice: Client, site: Site, mallory_site: Site) -> None:
    add_member(site=mallory_site, who="bob", roles=["editor"])
    bob = User.objects.get(username="bob")
    as_alice.post(url("member-remove", site, bob.pk))
    assert {group.name for group in bob.groups.all()} == {"Editor"}


def test_last_owner_stays(as_alice: Client, site: Site) -> None:
    alice = site.members.get(role=Role.OWNER).user_id
    for name, sent in (("member-roles", {f"{alice}-roles": ["editor"]}), ("member-remove", {})):
        page = as_alice.post(url(name, site, alice), sent, follow=True).content.decode()
        assert "A website needs an owner" in page
    assert roles_of(site, "alice") == {Role.OWNER}
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("roles", [[], ["emperor"], ["editor", "emperor"]])
def test_unknown_roles_or_none_change_nothing(roles: list[str], as_alice: Client, site: Site) -> None:
    bob = User.objects.get(username="bob").pk
    page = as_alice.post(url("member-roles", site, bob), {f"{bob}-roles": roles}, follow=True).content.decode()
    assert "Nothing is changed" in page
    assert roles_of(site, "bob") == {Role.EDITOR}


def test_member_of_another_website_is_out_of_reach(as_mallory: Client, mallory_site: Site, site: Site) -> None:
    bob = User.objects.get(username="bob").pk
    assert as_mallory.post(url("member-remove", mallory_site, bob)).status_code == 404
    assert roles_of(site, "bob") == {Role.EDITOR}


def test_team_says_what_still_keeps_somebody_out(browse: Callable[[str], Client], site: Site) -> None:
    page = browse("alice").get(url("team", site)).content.decode()
    assert page.count("Can't come in yet") == 1
    assert "needs the group Editor" in page


def test_team_asks_no_more_for_more_people(as_alice: Client, site: Site) -> None:
    before = queries_of(as_alice, url("team", site))
    for number in range(20):
        add_person(f"person-{number}")
        add_member(site=site, who=f"person-{number}", roles=["editor", "publisher"])
    assert queries_of(as_alice, url("team", site)) == before

"""The pages for whoever runs the server: people and groups, in our words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

PEOPLE = reverse("admin:auth_user_changelist")
GROUPS = reverse("admin:auth_group_changelist")


def page_of(person: User) -> str:
    return reverse("admin:auth_user_change", args=[person.pk])


def heading(client: Client, where: str) -> str:
    (title,) = re.findall(r"<h1[^>]*>\s*(.*?)\s*</h1>", client.get(where).content.decode(), re.DOTALL)
    return re.sub(r"<[^>]+>", "", title).strip()


def test_pages_are_called_what_they_are_about(browse: Callable[[str], Client], alice: User) -> None:
    root, auditors = browse("root"), Group.objects.get(name="Auditor")
    assert heading(root, PEOPLE) == "People"
    assert heading(root, page_of(alice)) == "alice"
    assert heading(root, reverse("admin:auth_user_add")) == "Add somebody"
    assert heading(root, GROUPS) == "Groups"
    assert heading(root, reverse("admin:auth_group_change", args=[auditors.pk])) == "Auditor"


def test_page_of_a_person_shows_nothing_of_the_password(browse: Callable[[str], Client], alice: User) -> None:
    alice.set_password("a-long-password-of-alice")
    alice.save()
    root = browse("root")
    page = root.get(page_of(alice)).content.decode()
    (form,) = re.findall(r'href="([^"]+)">Set a new password<', page)
    assert "pbkdf2" not in page
    assert "Password" in root.get(form).content.decode()


def test_saving_a_person_keeps_password_groups_and_own_permissions(
    browse: Callable[[str], Client], alice: User
) -> None:
    alice.set_password("a-long-password-of-alice")
    alice.save()
    alice.user_permissions.add(Permission.objects.get(codename="view_site"))
    auditors = Group.objects.get(name="Auditor")
    fields = {"username": "alice", "first_name": "Alice", "is_active": "on", "is_staff": "on", "groups": [auditors.pk]}
    assert browse("root").post(page_of(alice), fields).status_code == 302
    alice.refresh_from_db()
    assert alice.first_name == "Alice"
    assert alice.check_password("a-long-password-of-alice")
    assert [group.name for group in alice.groups.all()] == ["Auditor"]
    assert alice.user_permissions.count() == 1


def test_group_is_offered_what_roles_have_and_keeps_what_else_it_has(browse: Callable[[str], Client]) -> None:
    auditors = Group.objects.get(name="Auditor")
    where, root = reverse("admin:auth_group_change", args=[auditors.pk]), browse("root")
    page = root.get(where).content.decode()
    assert "Can view consent event" in page
    assert "Consent | consent event" not in page
    assert "Can delete consent event" not in page
    auditors.permissions.add(Permission.objects.get(codename="view_session"))
    before = set(auditors.permissions.values_list("pk", flat=True))
    form = root.get(where).context["adminform"].form
    ticked = before & set(form.fields["permissions"].queryset.values_list("pk", flat=True))
    assert ticked == before
    assert root.post(where, {"permissions": sorted(ticked)}).status_code == 302
    assert set(auditors.permissions.values_list("pk", flat=True)) == before


def test_group_of_a_role_keeps_its_name_and_stays(browse: Callable[[str], Client]) -> None:
    root, auditors = browse("root"), Group.objects.get(name="Auditor")
    own = Group.objects.create(name="Our own")
    for group, status in ((auditors, 403), (own, 302)):
        assert root.post(reverse("admin:auth_group_delete", args=[group.pk]), {"post": "yes"}).status_code == status
    root.post(GROUPS, {"action": "delete_selected", "_selected_action": [auditors.pk], "post": "yes"})
    root.post(reverse("admin:auth_group_change", args=[auditors.pk]), {"name": "Others", "permissions": []})
    assert list(Group.objects.filter(name__in=["Auditor", "Others", "Our own"]).values_list("name", flat=True)) == [
        "Auditor"
    ]


def test_moments_have_the_day_before_the_month_and_24_hours(browse: Callable[[str], Client], alice: User) -> None:
    page = browse("root").get(page_of(alice)).content.decode()
    assert re.search(r"\b\d{1,2} [A-Z][a-z]{2} 20\d\d, \d\d:\d\d\b", page)
    assert "p.m." not in page
    assert "a.m." not in page


def test_whoever_has_done_anything_or_has_a_role_stays(browse: Callable[[str], Client], alice: User) -> None:
    root, nora, new = browse("root"), *(User.objects.create(username=name) for name in ("nora", "new"))
    LogEntry.objects.create(user=nora, action_flag=2, object_repr="Numonix")
    # Alice has done nothing yet, but owns a website.
    for person, status in ((nora, 403), (alice, 403), (new, 302)):
        assert root.post(reverse("admin:auth_user_delete", args=[person.pk]), {"post": "yes"}).status_code == status
        root.post(PEOPLE, {"action": "delete_selected", "_selected_action": [person.pk], "post": "yes"})
    assert set(User.objects.filter(pk__in=[nora.pk, alice.pk, new.pk])) == {nora, alice}
    assert LogEntry.objects.filter(user=nora).exists()


def test_adding_somebody_asks_for_name_and_password(browse: Callable[[str], Client]) -> None:
    root, where = browse("root"), reverse("admin:auth_user_add")
    assert "usable_password" not in root.get(where).content.decode()
    typed = "a-long-password-of-nora"
    assert root.post(where, {"username": "nora", "password1": typed, "password2": typed}).status_code == 302
    assert User.objects.get(username="nora").check_password(typed)

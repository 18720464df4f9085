"""Who looks after a website. Only its owners come here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from cookies.access import OWNS, group_name
from cookies.admin.log import DECISION, record_action
from cookies.admin.pages import go_to, page_url, sent, show, site_page
from cookies.models import Member, Role, Site
from cookies.services.sites import add_member, change_roles, remove_member
from cookies.team_forms import NewMemberForm, RolesForm

VIEW, ADD, CHANGE, DELETE = (f"cookies.{verb}_member" for verb in ("view", "add", "change", "delete"))


@site_page("team/", name="team", sees=VIEW, writes=ADD, roles=OWNS, tab="Team", position=90)
def team(request: HttpRequest, site: Site) -> HttpResponse:
    """The people of a website; a form adds one."""
    form = NewMemberForm(sent(request), initial={"roles": [Role.EDITOR]})
    if request.method == "POST" and form.is_valid():
        try:
            person = add_member(site=site, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            roles = _words(form.cleaned_data["roles"])
            record_action(request, site, f"Added {person} to the team as {roles}.", flag=DECISION)
            messages.success(request, f"{person} is on the team.")
            return go_to(site, "team")
    here = Prefetch("memberships", queryset=Member.objects.filter(site=site), to_attr="roles_here")
    people = User.objects.filter(memberships__site=site).distinct().order_by("username")
    rows = [_row(site, person) for person in people.prefetch_related(here, "groups")]
    return show(
        request,
        site,
        "team",
        title="Team",
        tab="team",
        form=form,
        rows=sorted(rows, key=lambda row: Role.OWNER not in row["roles"]),
        tokens_url=page_url(site, "tokens"),
    )


@site_page("team/<int:user_id>/roles/", name="member-roles", sees=CHANGE, writes=CHANGE, roles=OWNS, only_post=True)
def roles(request: HttpRequest, site: Site, user_id: int) -> HttpResponse:
    person = _member(site, user_id)
    form = RolesForm(request.POST, prefix=str(person.pk))
    if not form.is_valid():
        messages.error(request, f"Choose at least one role for {person}. Nothing is changed.")
        return go_to(site, "team")
    before = _words(site.members.filter(user=person).values_list("role", flat=True))
    try:
        change_roles(site=site, user=person, roles=form.cleaned_data["roles"])
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        after = _words(form.cleaned_data["roles"])
        record_action(request, site, f"Changed what {person} is on the team, from {before} to {after}.", flag=DECISION)
        messages.success(request, f"{person} is {after} now.")
    return go_to(site, "team")


@site_page("team/<int:user_id>/remove/", name="member-remove", sees=DELETE, writes=DELETE, roles=OWNS, only_post=True)
def remove(request: HttpRequest, site: Site, user_id: int) -> HttpResponse:
    person = _member(site, user_id)
    try:
        remove_member(site=site, user=person)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        record_action(request, site, f"Took {person} off the team.", flag=DECISION)
        messages.success(request, f"{person} is no longer on the team.")
    return go_to(site, "team")


def _member(site: Site, user_id: int) -> User:
    return get_object_or_404(User.objects.filter(memberships__site=site).distinct(), pk=user_id)


def _row(site: Site, person: Any) -> dict[str, Any]:
    roles = [member.role for member in person.roles_here]
    return {
        "person": person,
        "roles": roles,
        "words": _words(roles),
        "form": RolesForm(initial={"roles": roles}, prefix=str(person.pk)),
        "lacking": _lacking(person, roles),
        "roles_url": page_url(site, "member-roles", person.pk),
        "remove_url": page_url(site, "member-remove", person.pk),
    }


def _words(roles: Iterable[str]) -> str:
    """owner, editor: in the order of the choices."""
    given = set(roles)
    return ", ".join(role.value for role in Role if role.value in given)


def _lacking(person: User, roles: Iterable[str]) -> str:
    """What still keeps a person out. Accounts are the server administrator's to give, and groups to take away."""
    if not person.is_active or not person.is_staff:
        return "an active staff account"
    if person.is_superuser:
        return ""
    missing = {group_name(role) for role in roles} - {group.name for group in person.groups.all()}
    return f"the group {', '.join(sorted(missing))}" if missing else ""

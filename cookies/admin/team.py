"""Who looks after a website. Only its owners come here."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from cookies.access import AUDITORS, MARKETERS
from cookies.admin.log import ADDITION, DELETION, record_action
from cookies.admin.pages import go_to, page_url, sent, show, site_page
from cookies.forms import NewMemberForm, RoleForm
from cookies.models import Member, Role, Site
from cookies.services.sites import add_member, change_role, remove_member

OWNERS = (Role.OWNER,)
VIEW, ADD, CHANGE, DELETE = (f"cookies.{verb}_member" for verb in ("view", "add", "change", "delete"))


@site_page("team/", name="team", sees=VIEW, writes=ADD, roles=OWNERS, tab="Team", position=90)
def team(request: HttpRequest, site: Site) -> HttpResponse:
    """The people of a website; a form adds one."""
    form = NewMemberForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            member = add_member(site=site, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            record_action(request, site, f"Added {member.user} to the team as {member.role}.", flag=ADDITION)
            messages.success(request, f"{member.user} is on the team.")
            return go_to(site, "team")
    members = site.members.select_related("user").prefetch_related("user__groups").order_by("user__username")
    return show(
        request,
        site,
        "team",
        title="Team",
        tab="team",
        form=form,
        roles=[(role.value, role.label.partition(":")[0]) for role in Role],
        rows=[
            {
                "member": member,
                "lacking": _lacking(member),
                "role_url": page_url(site, "member-role", member.pk),
                "remove_url": page_url(site, "member-remove", member.pk),
            }
            for member in sorted(members, key=lambda member: list(Role).index(Role(member.role)))
        ],
    )


@site_page("team/<int:member_id>/role/", name="member-role", sees=CHANGE, writes=CHANGE, roles=OWNERS, only_post=True)
def role(request: HttpRequest, site: Site, member_id: int) -> HttpResponse:
    member = get_object_or_404(site.members.select_related("user"), pk=member_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the roles. Nothing is changed.")
        return go_to(site, "team")
    try:
        change_role(member=member, role=form.cleaned_data["role"])
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        record_action(request, site, f"Made {member.user} {member.role}.")
        messages.success(request, f"{member.user} is {member.role} now.")
    return go_to(site, "team")


@site_page(
    "team/<int:member_id>/remove/", name="member-remove", sees=DELETE, writes=DELETE, roles=OWNERS, only_post=True
)
def remove(request: HttpRequest, site: Site, member_id: int) -> HttpResponse:
    member = get_object_or_404(site.members.select_related("user"), pk=member_id)
    try:
        remove_member(member=member)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        record_action(request, site, f"Took {member.user} off the team.", flag=DELETION)
        messages.success(request, f"{member.user} is no longer on the team.")
    return go_to(site, "team")


def _lacking(member: Member) -> str:
    """What still keeps a person out. Groups are the server administrator's to give."""
    person = member.user
    if not person.is_active or not person.is_staff:
        return "an active staff account"
    if person.is_superuser:
        return ""
    needed = AUDITORS if member.role == Role.AUDITOR else MARKETERS
    return "" if any(group.name == needed for group in person.groups.all()) else f"the group {needed}"

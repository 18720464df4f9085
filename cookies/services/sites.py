"""Websites and their members."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from cookies.access import group_name
from cookies.models import Member, Role, Site
from cookies.origins import cookie_domain_error, domain_error, keep_path_error

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def clean_domains(lines: Sequence[str]) -> list[str]:
    """The origins, tidied and without doubles. Raises ValidationError with a sentence for each wrong one."""
    domains = list(dict.fromkeys(line.strip().rstrip("/").lower() for line in lines if line.strip()))
    if errors := [error for domain in domains if (error := domain_error(domain))]:
        raise ValidationError(errors)
    return domains


@transaction.atomic
def create_site(*, key: str, name: str, domains: Sequence[str], owner: User | None = None, **facts: Any) -> Site:
    """A new website, owned by a person (or by nobody yet: then only superusers see it)."""
    site = Site(key=key, name=name, domains=clean_domains(domains), **facts)
    site.full_clean()
    site.save()
    if owner:
        _set_roles(site, owner, (Role.OWNER,))
    return site


@transaction.atomic
def update_site(*, site: Site, **facts: Any) -> Site:
    """Change what is known of a website; its key stays for good. Raises ValidationError, keyed by field."""
    for name, value in facts.items():
        setattr(site, name, value)
    site.full_clean(exclude={"key", "domains"})
    if site.cookie_domain and (error := cookie_domain_error(site.cookie_domain, site.domains)):
        raise ValidationError({"cookie_domain": error})
    if site.keep_path and (error := keep_path_error(site.keep_path)):
        raise ValidationError({"keep_path": error})
    site.save()
    return site


@transaction.atomic
def set_domains(*, site: Site, lines: Sequence[str]) -> Site:
    """Say where the website may embed Sayso. In force within seconds, without publishing."""
    site.domains = clean_domains(lines)
    site.save()
    return site


@transaction.atomic
def add_member(*, site: Site, who: str, roles: Collection[str]) -> User:
    """Put a person, named by user name or e-mail, on the website's team. Raises ValidationError, keyed by field."""
    people = list(get_user_model().objects.filter(Q(username=who) | Q(email__iexact=who), is_active=True)[:2])
    if len(people) != 1:
        raise ValidationError(
            {"who": f"Nobody here is called {who}. People get their account from an administrator of this server."}
            if not people
            else {"who": f"More than one person has the address {who}. Write the user name."}
        )
    if site.members.filter(user=people[0]).exists():
        raise ValidationError({"who": f"{who} is on the team already."})
    _set_roles(site, people[0], roles)
    return people[0]


@transaction.atomic
def change_roles(*, site: Site, user: User, roles: Collection[str]) -> None:
    """Give a member these roles in place of the ones before. A website keeps at least one owner."""
    if not roles:
        raise ValidationError("A member needs a role. To take somebody off the team, use Remove.")
    if Role.OWNER not in roles:
        _keep_an_owner(site, user)
    _set_roles(site, user, roles)


@transaction.atomic
def remove_member(*, site: Site, user: User) -> None:
    """Take a person off the team. A website keeps at least one owner."""
    _keep_an_owner(site, user)
    _set_roles(site, user, ())


def _set_roles(site: Site, user: User, roles: Collection[str]) -> None:
    """The person has these roles on the website, and is in the group of each role that she has anywhere."""
    had = {member.role for member in site.members.filter(user=user)}
    site.members.filter(user=user).exclude(role__in=roles).delete()
    for role in sorted(set(roles) - had):
        Member.objects.create(site=site, user=user, role=Role(role))
    kept = user.memberships.values_list("role", flat=True)
    user.groups.add(*Group.objects.filter(name__in=map(group_name, set(roles) - had)))
    user.groups.remove(*Group.objects.filter(name__in=map(group_name, had.difference(roles, kept))))


def _keep_an_owner(site: Site, user: User) -> None:
    # The lock makes two owners who remove each other at once wait for one another.
    Site.objects.select_for_update().get(pk=site.pk)
    if not site.members.filter(role=Role.OWNER).exclude(user=user).exists():
        raise ValidationError("A website needs an owner. Make somebody else an owner first.")

"""Who may see and change what: the only place that decides it. Missing and forbidden look the same: 404.

A person may have several roles on a website, and what one allows another does not take away. The Django group of a role
holds the permissions; the roles on a website say where they count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from cookies.models import Member, Role, Site

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.contrib.auth.models import AnonymousUser, User

    from cookies.models.site import SiteQuerySet

SEES = tuple(Role)
EDITS = (Role.OWNER, Role.EDITOR)
REVIEWS = (Role.OWNER, Role.REVIEWER)
PUBLISHES = (Role.OWNER, Role.PUBLISHER)
# Whoever judges or publishes a draft reads all of it.
READS_DRAFT = (Role.OWNER, Role.EDITOR, Role.REVIEWER, Role.PUBLISHER)
READS_EVIDENCE = (Role.OWNER, Role.AUDITOR)
OWNS = (Role.OWNER,)


def group_name(role: Role | str) -> str:
    """The Django group with the permissions of a role."""
    return Role(role).value.capitalize()


def is_group_of_a_role(name: str) -> bool:
    """Whether teams are given this group, by its name: without it, or under another, a role would open nothing."""
    return name in map(group_name, Role)


def roles_of(user: User | AnonymousUser, site: Site) -> frozenset[Role]:
    """A person's roles on a website; none for a stranger. A superuser counts as an owner."""
    return roles_on(user, [site])[site.pk]


def roles_on(user: User | AnonymousUser, sites: Collection[Site]) -> dict[int, frozenset[Role]]:
    """The same on many websites, by their ids, in one query."""
    if user.is_active and user.is_superuser:
        return {site.pk: frozenset(OWNS) for site in sites}
    found: dict[int, set[Role]] = {site.pk: set() for site in sites}
    if user.is_active and user.is_authenticated:
        rows = Member.objects.filter(site__in=list(found), user_id=user.pk)
        for site_id, role in rows.values_list("site_id", "role"):
            found[site_id].add(Role(role))
    return {site_id: frozenset(roles) for site_id, roles in found.items()}


def has_role(user: User | AnonymousUser, site: Site, roles: Collection[Role]) -> bool:
    """Whether a person has one of these roles on this website. A superuser always has."""
    return not roles_of(user, site).isdisjoint(roles)


def can_edit(user: User | AnonymousUser, site: Site) -> bool:
    return has_role(user, site, EDITS)


def can_read_evidence(user: User | AnonymousUser, site: Site) -> bool:
    return has_role(user, site, READS_EVIDENCE)


def sites_with_role(user: User | AnonymousUser, roles: Collection[Role]) -> SiteQuerySet:
    """The websites on which a person has one of these roles; all for a superuser."""
    visible = Site.objects.visible_to(user)
    if user.is_superuser:
        return visible
    if user.pk is None:
        return visible.none()
    return visible.filter(pk__in=Member.objects.filter(user_id=user.pk, role__in=roles).values("site_id"))


def get_site_for(user: User | AnonymousUser, site_id: int | str, roles: Collection[Role] = EDITS) -> Site:
    """The website, for someone who has one of the roles on it. Everybody else gets a 404."""
    site = Site.objects.filter(pk=site_id).first() if str(site_id).isdecimal() else None
    if site is None or not has_role(user, site, roles):
        raise Http404("There is no such website, or you are not a member of it.")
    return site

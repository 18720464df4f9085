"""Who may see and change what: the only place that decides it. Missing and forbidden look the same: 404."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from cookies.models import Member, Role, Site

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

    from cookies.models.site import SiteQuerySet

MARKETERS = "Marketers"
AUDITORS = "Auditors"

EDITS = (Role.OWNER, Role.EDITOR)
READS_EVIDENCE = (Role.OWNER, Role.AUDITOR)


def has_role(user: User | AnonymousUser, site: Site, roles: tuple[Role, ...]) -> bool:
    """Whether a person is a member of this website in one of these roles. A superuser always is."""
    if not user.is_active or not user.is_authenticated:
        return False
    if user.is_superuser:
        return True
    return Member.objects.filter(site=site, user_id=user.pk, role__in=roles).exists()


def can_edit(user: User | AnonymousUser, site: Site) -> bool:
    return has_role(user, site, EDITS)


def can_read_evidence(user: User | AnonymousUser, site: Site) -> bool:
    return has_role(user, site, READS_EVIDENCE)


def role_of(user: User | AnonymousUser, site: Site) -> Role | None:
    """A person's role on a website; None for a stranger. A superuser counts as an owner."""
    if not user.is_active or not user.is_authenticated:
        return None
    if user.is_superuser:
        return Role.OWNER
    role = Member.objects.filter(site=site, user_id=user.pk).values_list("role", flat=True).first()
    return Role(role) if role else None


def sites_with_role(user: User | AnonymousUser, roles: tuple[Role, ...]) -> SiteQuerySet:
    """The websites on which a person has one of these roles; all for a superuser."""
    visible = Site.objects.visible_to(user)
    if user.is_superuser:
        return visible
    if user.pk is None:
        return visible.none()
    return visible.filter(pk__in=Member.objects.filter(user_id=user.pk, role__in=roles).values("site_id"))


def get_site_for(user: User | AnonymousUser, site_id: int | str, roles: tuple[Role, ...] = EDITS) -> Site:
    """The website, for someone who has one of the roles on it. Everybody else gets a 404."""
    site = Site.objects.filter(pk=site_id).first() if str(site_id).isdecimal() else None
    if site is None or not has_role(user, site, roles):
        raise Http404("There is no such website, or you are not a member of it.")
    return site

"""Websites and their members."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from cookies.models import Member, Role, Site
from cookies.origins import domain_error

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def clean_domains(lines: Sequence[str]) -> list[str]:
    """The origins, tidied and without doubles. Raises ValidationError with a sentence for each wrong one."""
    domains = list(dict.fromkeys(line.strip().rstrip("/").lower() for line in lines if line.strip()))
    if errors := [error for domain in domains if (error := domain_error(domain))]:
        raise ValidationError(errors)
    return domains


@transaction.atomic
def create_site(*, key: str, name: str, domains: Sequence[str], owner: User | None = None, **facts: str) -> Site:
    """A new website, owned by a person (or by nobody yet: then only superusers see it)."""
    site = Site(key=key, name=name, domains=clean_domains(domains), **facts)
    site.full_clean()
    site.save()
    if owner:
        Member.objects.create(site=site, user=owner, role=Role.OWNER)
    return site

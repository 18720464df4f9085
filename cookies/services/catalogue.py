"""Partners and cookies: added from the library, archived, never silently overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from cookies.models import Cookie, Partner, Site
from cookies.partner_library import LibraryPartner, fill, load_library, parameter_errors


@transaction.atomic
def add_library_partner(
    *,
    site: Site,
    library: str,
    parameters: Mapping[str, str],
    category: str = "",
    load_mode: str = "",
    purpose: Mapping[str, str] | None = None,
    necessity_justification: str = "",
) -> Partner:
    """Put a partner of the library on a website, with its cookies.

    Raises ValidationError, keyed by field, for an unknown partner, one that is there already, a parameter that does
    not fit, or a strictly necessary one without a justification.
    """
    template = load_library().get(library)
    if template is None:
        raise ValidationError({"library": f"The library has no partner called {library!r}."})
    if errors := parameter_errors(template, parameters):
        raise ValidationError({f"parameter_{name}": message for name, message in errors.items()})
    partner = Partner(
        site=site,
        slug=template.slug,
        library=template.slug,
        name=template.name,
        legal_entity=template.legal_entity,
        country=template.country,
        category=category or template.category,
        purpose={**template.purpose, **(purpose or {})},
        purposes=list(template.purposes),
        privacy_notice_url=template.privacy_notice_url,
        opt_out_url=template.opt_out_url,
        hosts=fill(template.hosts, parameters),
        technologies=list(template.technologies),
        sale_or_share=template.sale_or_share,
        necessity_justification=necessity_justification,
        parameters=dict(parameters),
        load_mode=load_mode or template.load_modes[0],
    )
    check_partner(partner)
    partner.save()
    Cookie.objects.bulk_create(_library_cookies(site, partner, template))
    return partner


def check_partner(partner: Partner) -> None:
    """Raise ValidationError, keyed by field, unless the partner can stand as it is."""
    errors: dict[str, Any] = {}
    if partner.category == "strictly_necessary" and not partner.necessity_justification.strip():
        errors["necessity_justification"] = (
            "Say why the website can't work without it. Strictly necessary partners run without asking."
        )
    twin = Partner.objects.filter(site=partner.site, slug=partner.slug).exclude(pk=partner.pk).first()
    if twin and twin.archived_at:
        errors["slug"] = f"{twin.name} is archived on this website. Restore it instead of adding it again."
    elif twin:
        errors["slug"] = f"{twin.name} is on this website already."
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def archive_partners(*, partners: Iterable[Partner], now: datetime) -> int:
    """Leave partners out of the next version. Published versions and events go on naming them."""
    return Partner.objects.filter(pk__in=[partner.pk for partner in partners], archived_at=None).update(archived_at=now)


@transaction.atomic
def restore_partners(*, partners: Iterable[Partner]) -> int:
    """Bring archived partners back into the next version."""
    return Partner.objects.filter(pk__in=[partner.pk for partner in partners]).update(archived_at=None)


def _library_cookies(site: Site, partner: Partner, template: LibraryPartner) -> list[Cookie]:
    return [
        Cookie(
            site=site,
            partner=partner,
            name=cookie.name,
            technology=cookie.technology,
            party=cookie.party,
            lifetime=cookie.lifetime,
            domain=cookie.domain,
            purpose=dict(cookie.purpose),
        )
        for cookie in template.cookies
    ]

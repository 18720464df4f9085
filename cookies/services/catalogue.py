"""Partners and cookies: added from the library, archived, never silently overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from cookies.fact_checks import host_faults
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
    starts_on: date | None = None,
) -> Partner:
    """Put a partner of the library on a website, with its cookies. `starts_on`: until that day it is off for everybody.

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
        starts_on=starts_on,
        parameters=dict(parameters),
        load_mode=load_mode or template.load_modes[0],
    )
    if partner.category == "strictly_necessary" and not necessity_justification:
        partner.necessity_justification = template.justification
    check_partner(partner)
    partner.save()
    Cookie.objects.bulk_create(_library_cookies(site, partner, template))
    return partner


def justification_error(category: str, justification: str) -> str | None:
    """What is missing where a partner is to run without asking."""
    if category == "strictly_necessary" and not justification.strip():
        return "Say why the website can't work without it. Strictly necessary partners run without asking."
    return None


def start_error(starts_on: date | None, *, before: date | None, today: date) -> str | None:
    """What is wrong with a day that is newly set. One that has come since it was set stays as it is."""
    if starts_on and starts_on != before and starts_on < today:
        return "That day is over. Choose a later one, or leave it empty to let the partner work at once."
    return None


def first_start(*, notice_days: int, today: date) -> date | None:
    """The first day on which a partner added today may work, where the website promises to announce partners."""
    return today + timedelta(days=notice_days) if notice_days else None


def check_partner(partner: Partner) -> None:
    """Raise ValidationError, keyed by field, unless the partner can stand as it is."""
    errors: dict[str, Any] = {}
    if message := justification_error(partner.category, partner.necessity_justification):
        errors["necessity_justification"] = message
    twin = Partner.objects.filter(site=partner.site, slug=partner.slug).exclude(pk=partner.pk).first()
    if twin and twin.archived_at:
        errors["slug"] = f"{twin.name} is archived on this website. Restore it instead of adding it again."
    elif twin:
        errors["slug"] = f"{twin.name} is on this website already."
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def add_own_partner(*, site: Site, **facts: Any) -> Partner:
    """Put a partner that the library does not know on a website. Raises ValidationError, keyed by field."""
    partner = Partner(site=site, load_mode="gated", **facts)
    return _checked_and_saved(partner)


@transaction.atomic
def update_partner(*, partner: Partner, **facts: Any) -> Partner:
    """Change what is known of a partner. Raises ValidationError, keyed by field; nothing is changed then."""
    for name, value in facts.items():
        setattr(partner, name, value)
    return _checked_and_saved(partner)


@transaction.atomic
def move_partners(*, partners: Iterable[Partner], category: str, justifications: Mapping[int, str]) -> list[Partner]:
    """Put partners under another category, all of them or none. `justifications` by the partners' keys.

    Returns those that moved. Raises ValidationError, keyed `necessity_justification_KEY` where one is missing.
    """
    moving = [partner for partner in partners if partner.category != category]
    errors: dict[str, str] = {}
    for partner in moving:
        partner.category = category
        partner.necessity_justification = justifications.get(partner.pk) or partner.necessity_justification
        if missing := justification_error(category, partner.necessity_justification):
            errors[f"necessity_justification_{partner.pk}"] = missing
    if errors:
        raise ValidationError(errors)
    for partner in moving:
        partner.save(update_fields=["category", "necessity_justification"])
    return moving


@transaction.atomic
def save_cookie(*, cookie: Cookie) -> Cookie:
    """Keep a cookie, new or changed. A partner's cookie follows its partner's category.

    Raises ValidationError, keyed by field.
    """
    errors: dict[str, Any] = {}
    if cookie.partner:
        cookie.own_category = ""
    elif not cookie.own_category:
        errors["own_category"] = "Choose the category that decides about the website's own cookie."
    if cookie.party == "third" and host_faults("", cookie.domain):
        errors["domain"] = "Write the host that sets it, such as www.example.com."
    if cookie.party == "first":
        cookie.domain = ""
    if not any(text.strip() for text in cookie.purpose.values()):
        errors["purpose"] = "Say in one line what it is for."
    twins = Cookie.objects.filter(
        site=cookie.site,
        partner=cookie.partner,
        name=cookie.name,
        technology=cookie.technology,
        domain=cookie.domain,
    )
    if twins.exclude(pk=cookie.pk).exists():
        errors["name"] = f"{cookie.name} is listed already."
    _raise_all(errors, cookie, exclude={"purpose", "site"})
    cookie.save()
    return cookie


@transaction.atomic
def remove_cookie(*, cookie: Cookie) -> None:
    """Take a cookie out of the next version. Published versions go on listing it."""
    cookie.delete()


@transaction.atomic
def archive_partners(*, partners: Iterable[Partner], now: datetime) -> int:
    """Leave partners out of the next version. Published versions and events go on naming them."""
    return Partner.objects.filter(pk__in=[partner.pk for partner in partners], archived_at=None).update(archived_at=now)


@transaction.atomic
def restore_partners(*, partners: Iterable[Partner]) -> int:
    """Bring archived partners back into the next version."""
    return Partner.objects.filter(pk__in=[partner.pk for partner in partners]).update(archived_at=None)


def _checked_and_saved(partner: Partner) -> Partner:
    errors: dict[str, Any] = {}
    try:
        check_partner(partner)
    except ValidationError as error:
        errors.update(error.message_dict)
    errors |= _library_errors(partner)
    if not any(text.strip() for text in partner.purpose.values()):
        errors["purpose"] = "Say in one line what it does for the website."
    if not partner.purposes:
        errors["purposes"] = "Choose at least one."
    if faults := [fault for host in partner.hosts for fault in host_faults("hosts", host)]:
        errors["hosts"] = [fault.removeprefix("hosts: ") for fault in faults]
    _raise_all(errors, partner, exclude={"purpose", "purposes", "hosts", "technologies", "parameters", "site"})
    partner.save()
    return partner


def _library_errors(partner: Partner) -> dict[str, str]:
    """What does not fit the template that a partner came from; nothing for one that was made by hand."""
    template = load_library().get(partner.library)
    if template is None:
        return {}
    errors = {f"parameter_{name}": message for name, message in parameter_errors(template, partner.parameters).items()}
    if partner.load_mode not in template.load_modes:
        errors["load_mode"] = f"{template.name} can't be loaded in this way."
    return errors


def _raise_all(errors: dict[str, Any], row: Cookie | Partner, *, exclude: set[str]) -> None:
    """Raise what was found together with what the fields themselves refuse, so that nobody mends one at a time."""
    try:
        row.full_clean(exclude=exclude, validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        errors = {**error.message_dict, **errors}
    if errors:
        raise ValidationError(errors)


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

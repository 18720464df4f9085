"""The cookies of a website: its own and its partners'."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from cookies.access import EDITS, SEES
from cookies.admin.languages import languages_of
from cookies.admin.log import ADDITION, DELETION, record_action
from cookies.admin.pages import go_to, page_url, sent, show, site_page
from cookies.forms import CookieForm
from cookies.models import Cookie, Partner, Site
from cookies.models.catalogue import translated
from cookies.services.catalogue import remove_cookie, save_cookie
from cookies.vocabulary import CATEGORY_LABELS

VIEW, ADD, CHANGE, DELETE = (f"cookies.{verb}_cookie" for verb in ("view", "add", "change", "delete"))


@site_page("cookies/", name="cookies", sees=VIEW, roles=SEES, tab="Cookies", position=30)
def cookies(request: HttpRequest, site: Site) -> HttpResponse:
    """What stays in the visitor's browser, and for how long."""
    rows = list(site.cookies.filter(partner__archived_at=None).select_related("partner"))
    own = [row for row in rows if row.partner is None]
    partners = sorted({row.partner for row in rows if row.partner}, key=lambda partner: partner.name.lower())
    groups = [("The website's own", "", own)] if own else []
    groups += [
        (partner.name, CATEGORY_LABELS[partner.category], [row for row in rows if row.partner_id == partner.pk])
        for partner in partners
    ]
    return show(
        request,
        site,
        "cookies",
        title="Cookies",
        tab="cookies",
        groups=[(name, category, [_row(site, row) for row in listed]) for name, category, listed in groups],
        count=len(rows),
        has_own=bool(own),
        new_url=page_url(site, "cookie-new"),
        import_url=page_url(site, "cookies-import"),
        export_url=page_url(site, "cookies-export"),
        try_url=page_url(site, "cookies-try"),
    )


@site_page("cookies/new/", name="cookie-new", sees=ADD, writes=ADD)
def new_cookie(request: HttpRequest, site: Site) -> HttpResponse:
    cookie = Cookie(site=site)
    form = CookieForm(
        sent(request),
        languages=languages_of(site),
        partners=site.partners.in_use(),
        initial={"partner": request.GET.get("partner", ""), "name": request.GET.get("name", "")},
    )
    if request.method == "POST" and _save(request, form, cookie, "Added", ADDITION):
        return go_to(site, "cookies")
    return show(request, site, "cookie", title="Add a cookie", tab="cookies", form=form, back=page_url(site, "cookies"))


@site_page("cookies/<int:cookie_id>/", name="cookie", sees=VIEW, writes=CHANGE, roles=SEES, writers=EDITS)
def cookie_page(request: HttpRequest, site: Site, cookie_id: int) -> HttpResponse:
    cookie = get_object_or_404(site.cookies.select_related("partner"), pk=cookie_id)
    name = cookie.name
    form = CookieForm(sent(request), languages=languages_of(site), partners=_partners_for(site, cookie), cookie=cookie)
    if request.method == "POST" and _save(request, form, cookie, "Changed"):
        return go_to(site, "cookies")
    return show(
        request,
        site,
        "cookie",
        title=name,
        tab="cookies",
        form=form,
        cookie=cookie,
        remove_url=page_url(site, "cookie-remove", cookie.pk),
        back=page_url(site, "cookies"),
    )


@site_page("cookies/<int:cookie_id>/remove/", name="cookie-remove", sees=DELETE, writes=DELETE, only_post=True)
def remove(request: HttpRequest, site: Site, cookie_id: int) -> HttpResponse:
    cookie = get_object_or_404(site.cookies, pk=cookie_id)
    name = cookie.name
    remove_cookie(cookie=cookie)
    record_action(request, site, f"Removed the cookie {name}.", flag=DELETION)
    messages.success(request, f"{name} is left out of the next version.")
    return go_to(site, "cookies")


def _save(request: HttpRequest, form: CookieForm, cookie: Cookie, verb: str, flag: int | None = None) -> bool:
    if not form.is_valid():
        return False
    try:
        save_cookie(cookie=form.fill(cookie))
    except ValidationError as error:
        form.refuse(error, purpose=next(name for name in form.fields if name.startswith("purpose_")))
        return False
    record_action(request, cookie.site, f"{verb} the cookie {cookie.name}.", **({"flag": flag} if flag else {}))
    messages.success(request, f"{cookie.name} is saved. Visitors see it once you publish.")
    return True


def _partners_for(site: Site, cookie: Cookie) -> list[Partner]:
    """A cookie of an archived partner must be able to stay where it is."""
    partners = list(site.partners.in_use())
    if cookie.partner and cookie.partner not in partners:
        partners.append(cookie.partner)
    return partners


def _row(site: Site, cookie: Cookie) -> dict[str, object]:
    return {
        "cookie": cookie,
        "url": page_url(site, "cookie", cookie.pk),
        "category": CATEGORY_LABELS[cookie.category],
        "lifetime": lifetime_words(cookie.lifetime),
        "purpose": translated(cookie.purpose, site.default_language, "en"),
    }


def lifetime_words(lifetime: str) -> str:
    """`2 year` as 2 years."""
    words = {"session": "until the browser closes", "persistent": "until it is deleted"}
    number, _, unit = lifetime.partition(" ")
    return words.get(lifetime) or f"{number} {unit}{'' if number == '1' else 's'}"

"""The pages of one website in the admin. Both apps register theirs here; who may open one is decided here once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from cookies import access
from cookies.access import EDITS
from cookies.models import Role, Site

SiteView = Callable[..., HttpResponse]
LONGEST_REASON = 300


@dataclass(frozen=True)
class SitePage:
    """One address under a website. `tab` is the label of a page that stands in the navigation."""

    name: str
    route: str
    view: SiteView
    roles: tuple[Role, ...]
    writers: tuple[Role, ...]
    sees: str
    writes: str
    methods: tuple[str, ...]
    tab: str
    position: int
    in_transaction: bool


_pages: dict[str, SitePage] = {}
_more_urls: list[URLPattern] = []


def site_page(
    route: str,
    *,
    name: str,
    sees: str,
    writes: str = "",
    roles: tuple[Role, ...] = EDITS,
    writers: tuple[Role, ...] | None = None,
    only_post: bool = False,
    tab: str = "",
    position: int = 0,
    in_transaction: bool = True,
) -> Callable[[SiteView], SiteView]:
    """Register a view of one website, called with the request and the website.

    `sees` and `writes` are the Django permissions to open it and to send a form to it; without `writes` it takes none.
    `roles` open it, and `writers` among them send the form: all of them, unless said otherwise.
    A page with a `tab` stands in the navigation, in the order of `position`.
    A page that asks somebody else on the network sees to its transaction itself (`in_transaction`): visitors' answers
    would wait for the end of this one.
    """
    methods = ("POST",) if only_post else ("GET", "HEAD", "POST") if writes else ("GET", "HEAD")

    def register(view: SiteView) -> SiteView:
        _pages[name] = SitePage(
            name,
            route,
            view,
            roles,
            roles if writers is None else writers,
            sees,
            writes,
            methods,
            tab,
            position,
            in_transaction,
        )
        return view

    return register


def site_urls() -> list[URLPattern]:
    """All registered pages, under the address of a website."""
    guarded = [
        path(f"<int:site_id>/{page.route}", admin.site.admin_view(_guarded(page)), name=f"site-{page.name}")
        for page in _pages.values()
    ]
    return [*guarded, *_more_urls]


def add_url(pattern: URLPattern) -> None:
    """An address beside the pages, for a view that guards itself."""
    _more_urls.append(pattern)


def page_url(site: Site, name: str, *args: object) -> str:
    return reverse(f"admin:site-{name}", args=[site.pk, *args])


def go_to(site: Site, name: str, *args: object) -> HttpResponseRedirect:
    return HttpResponseRedirect(page_url(site, name, *args))


def show(
    request: HttpRequest, site: Site, template: str, /, *, title: str, tab: str, **context: Any
) -> TemplateResponse:
    """A page of a website, with its navigation. `tab` is the name of the page that is marked in it."""
    roles = access.roles_of(request.user, site)
    return TemplateResponse(
        request,
        f"admin/site/{template}.html",
        {
            **admin.site.each_context(request),
            "title": f"{title} · {site.name}",
            "page_title": title,
            "website": site,
            "tabs": [
                {"label": page.tab, "url": page_url(site, page.name), "is_active": page.name == tab}
                for page in _tabs_for(request, roles)
            ],
            "edits": not roles.isdisjoint(EDITS),
            "only_reads": _only_reads(request, roles),
            **context,
        },
    )


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form sent, even if nothing is filled in; None where nothing was sent."""
    return request.POST if request.method == "POST" else None


def reason_sent(request: HttpRequest) -> str:
    """Why, as it was typed beside a button that is no form of its own. Without NUL, which PostgreSQL does not keep."""
    return request.POST.get("reason", "").replace("\0", "").strip()[:LONGEST_REASON]


def may_open(request: HttpRequest, site: Site, name: str) -> bool:
    """Whether a link to this page leads this person anywhere."""
    return opens(request, access.roles_of(request.user, site), name)


def opens(request: HttpRequest, roles: frozenset[Role], name: str) -> bool:
    """Whether a page opens for the person behind the request, who has these roles on the website."""
    page = _pages[name]
    return not roles.isdisjoint(page.roles) and request.user.has_perm(page.sees)


def may_write(request: HttpRequest, site: Site, name: str) -> bool:
    """Whether this page takes a form from this person."""
    page = _pages[name]
    return access.has_role(request.user, site, page.writers) and request.user.has_perm(page.writes)


def _tabs_for(request: HttpRequest, roles: frozenset[Role]) -> Sequence[SitePage]:
    pages = [
        page
        for page in _pages.values()
        if page.tab and not roles.isdisjoint(page.roles) and request.user.has_perm(page.sees)
    ]
    return sorted(pages, key=lambda page: page.position)


def _only_reads(request: HttpRequest, roles: frozenset[Role]) -> bool:
    """Whether the page that is open has a form that this person can't send."""
    match = request.resolver_match
    page = _pages.get((match.url_name or "").removeprefix("site-")) if match else None
    return bool(page and page.writes and (roles.isdisjoint(page.writers) or not request.user.has_perm(page.writes)))


def _guarded(page: SitePage) -> Callable[..., HttpResponse]:
    @wraps(page.view)
    def view(request: HttpRequest, site_id: int, **kwargs: Any) -> HttpResponse:
        # Membership first: a stranger must not learn from a 403 that there is such a website.
        site = access.get_site_for(request.user, site_id, page.roles)
        if request.method not in page.methods:
            return HttpResponseNotAllowed(page.methods)
        if request.method == "POST":
            if not may_write(request, site, page.name):
                raise PermissionDenied
            # What is done and its line in the log stand or fall together.
            with transaction.atomic() if page.in_transaction else nullcontext():
                return page.view(request, site, **kwargs)
        if not request.user.has_perm(page.sees):
            raise PermissionDenied
        return page.view(request, site, **kwargs)

    return view

"""A website in the admin: its own pages in place of a model's form, a new one, and its details."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from unfold.admin import ModelAdmin

from cookies.access import OWNS
from cookies.admin.languages import offered_languages
from cookies.admin.log import ADDITION, record_action
from cookies.admin.pages import go_to, page_url, sent, show, site_page, site_urls
from cookies.admin.read_only import StrangersGet404
from cookies.forms import NewSiteForm, SiteDetailsForm
from cookies.models import Site
from cookies.services.sites import create_site, update_site


@admin.register(Site)
class SiteAdmin(StrangersGet404, ModelAdmin):  # type: ignore[misc]  # Unfold has no types
    """Django's addresses for a website lead to pages that people understand."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Site]:
        return Site.objects.visible_to(request.user)

    def get_urls(self) -> list[URLPattern]:
        return [*site_urls(), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:index"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        site = self.get_object(request, object_id)
        if site is None:
            raise Http404("There is no such website.")
        return go_to(site, "overview")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NewSiteForm(sent(request), languages=offered_languages())
        if request.method == "POST" and form.is_valid():
            try:
                site = _create(request, form)
            except ValidationError as error:
                form.refuse(error)
            else:
                return go_to(site, "overview")
        context = {**self.admin_site.each_context(request), "title": "Add a website", "form": form}
        return TemplateResponse(request, "admin/site/new.html", context)

    def has_delete_permission(self, request: HttpRequest, obj: Site | None = None) -> bool:
        return False


@transaction.atomic
def _create(request: HttpRequest, form: NewSiteForm) -> Site:
    assert isinstance(request.user, User)
    site = create_site(owner=request.user, **form.facts())
    record_action(request, site, f"Added the website {site.name}.", flag=ADDITION)
    return site


@site_page("details/", name="details", sees="cookies.change_site", writes="cookies.change_site", roles=OWNS)
def details(request: HttpRequest, site: Site) -> HttpResponse:
    """Name, company, language."""
    form = SiteDetailsForm(sent(request), languages=offered_languages(), site=site)
    if request.method == "POST" and form.is_valid():
        try:
            update_site(site=site, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
            site.refresh_from_db()
        else:
            record_action(request, site, "Changed the details of the website.")
            return go_to(site, "overview")
    return show(request, site, "details", title="Details", tab="overview", form=form, back=page_url(site, "overview"))

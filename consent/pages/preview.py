"""/p/KEY/preview/TOKEN/: the draft over the website's own page, in a frame that the snippet opens for a signed link."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from consent.delivery.preview import asked_for, own_origin, preview_response, sandboxed
from consent.preview_links import opens
from consent.services.publishing import draft_payload
from cookies.models import Site


@require_safe
@xframe_options_exempt
def preview(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """Only the website's own pages may frame it. An old link gets a page that says so, and the banner that is live."""
    site = Site.objects.filter(key=key).first()
    domains = site.domains if site else []
    if site is None or not opens(token, key):
        # 200: browsers may put their own page in a frame's place of an error.
        page = render_to_string("admin/site/preview_closed.html", {"own": own_origin(request)})
        return sandboxed(request, page, framed_by=domains)
    payload = draft_payload(site)
    return preview_response(request, payload, asked_for(request.GET, payload, over=True), framed_by=domains)

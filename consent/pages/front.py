"""/: the platform's front page. Tells strangers what this is and members where their websites stand."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from consent.pages.answers import page
from consent.reports.websites import site_states
from cookies.models import Site

MOST_SITES = 50


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    user = request.user
    sites = list(Site.objects.visible_to(user)[:MOST_SITES]) if user.is_authenticated else []
    context = {
        "user": user if user.is_authenticated else None,
        "states": list(site_states(sites, now=now).values()),
        "demo_url": f"http://127.0.0.1:{settings.PORT}{reverse('demo')}" if settings.DEMO else "",
        "source_url": settings.SOURCE_URL,
    }
    response = page(request, "front/front.html", context, language="en", caching="private, no-cache")
    # Said even to strangers: the page would be another with a session.
    patch_vary_headers(response, ["Cookie"])
    return response

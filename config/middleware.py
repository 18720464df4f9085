"""What the platform asks of browsers for its own name must not bind a website that passes our pages on."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Respond = Callable[[HttpRequest], HttpResponseBase]


def keep_transport_security_to_own_host(respond: Respond) -> Respond:
    """Under a website's own domain (a reverse proxy in front of /p/), strict transport security with its subdomains
    would be a promise for a domain that is not ours."""
    own_host = urlsplit(settings.PUBLIC_URL).netloc

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = respond(request)
        if request.META.get("HTTP_HOST") != own_host:
            response.headers.pop("Strict-Transport-Security", None)
        return response

    return answer

"""What a project can get wrong without noticing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning

MIDDLEWARE = "consent.website.middleware.ConsentMiddleware"


def check_middleware(**_: Any) -> list[CheckMessage]:
    """Without the middleware every check says no, which looks like a visitor who refused."""
    if MIDDLEWARE in settings.MIDDLEWARE:
        return []
    return [
        Warning(
            "consent.website is installed, but its middleware is not: request.consent does not exist, and "
            "{% ifconsent %} never allows anything.",
            hint=f'Put "{MIDDLEWARE}" into MIDDLEWARE.',
            id="sayso.W001",
        )
    ]

"""/verify/: the page that checks a receipt. One file without an address in it: it works as well when it was saved."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

FILE = Path(__file__).resolve().parents[2] / "static" / "dist" / "verify.html"


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Sent under the policy that the file itself names: its own script and style, and no request to anybody."""
    content, policy = _page()
    response = HttpResponse(content, content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = f"{policy}; frame-ancestors 'none'"
    response["Content-Language"] = "en"
    response["Cache-Control"] = "public, max-age=3600"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


@cache
def _page() -> tuple[bytes, str]:
    content = FILE.read_bytes()
    policy = re.search(rb'http-equiv="Content-Security-Policy" content="([^"]+)"', content)
    assert policy
    return content, policy[1].decode()

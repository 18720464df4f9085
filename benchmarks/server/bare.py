"""The peer: a Django project in one file. One view inserts a row by the ORM, another returns bytes. No middleware."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

DATABASE: dict[str, Any] = json.loads(os.environ["BENCHMARK_DATABASE"])

settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES={"default": DATABASE},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[],
    MIDDLEWARE=[],
    ROOT_URLCONF=__name__,
    SECRET_KEY="only-for-benchmarks",
    USE_TZ=True,
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402  settings come first
from django.db import connection, models  # noqa: E402
from django.http import HttpResponse, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402


class Row(models.Model):
    received_at = models.DateTimeField()
    body = models.JSONField()

    class Meta:
        app_label = "bare"


@csrf_exempt
def insert(request: HttpRequest) -> HttpResponse:
    row = Row._default_manager.create(received_at=timezone.now(), body=json.loads(request.body))
    return measured(JsonResponse({"id": row.pk}, status=201))


def send(request: HttpRequest) -> HttpResponse:
    return measured(HttpResponse(CONTENT, content_type="text/javascript"))


def measured(response: HttpResponse) -> HttpResponse:
    # What Django's middleware would add; without it the server sends in chunks.
    response["Content-Length"] = str(len(response.content))
    return response


CONTENT = b""
if served := os.environ.get("BENCHMARK_CONTENT"):
    CONTENT = Path(served).read_bytes()
urlpatterns = [path("insert", insert), path("send", send)]
application = get_wsgi_application()


def make_table() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(Row)

"""A Django project of somebody else: its own settings, views and templates, and of Sayso only `consent.website`."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

from tests.e2e.server import ROOT, free_port

SLOWEST_START = 60
# Its packages are called what many a project calls them, and what Sayso's own are called.
FILES = {
    "config/__init__.py": "",
    "config/settings.py": """
import json, os
SAYSO = json.loads(os.environ["SAYSO"])
SECRET_KEY = "of-the-foreign-project"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", ".localhost"]
INSTALLED_APPS = ["consent.website", "website"]
MIDDLEWARE = [
    "django.middleware.locale.LocaleMiddleware",
    "consent.website.middleware.ConsentMiddleware",
]
ROOT_URLCONF = "website.urls"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fr", "Français")]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
}]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
""",
    "config/wsgi.py": "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n",
    "config/asgi.py": "from django.core.asgi import get_asgi_application\napplication = get_asgi_application()\n",
    "website/__init__.py": "",
    "website/urls.py": """
from django.urls import path
from website import views
urlpatterns = [
    path("", views.plain),
    path("asked", views.asked),
    path("state", views.state),
    path("later", views.later),
    path("allows", views.allows),
    path("cached", views.cached),
    path("cached-plain", views.cached_plain),
    path("streamed", views.streamed),
    path("render", views.rendered),
    path("loaded", views.loaded),
]
""",
    "website/views.py": """
import dataclasses, itertools, sys
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.template import Context, RequestContext, Template
from django.views.decorators.cache import cache_page
numbers = itertools.count()

def plain(request):
    return render(request, "website/plain.html")

def asked(request):
    return render(request, "website/asked.html")

def state(request):
    consent = request.consent
    return JsonResponse({
        "regime": consent.regime, "signals": consent.signals.as_dict(), "show": consent.decision.show,
        "reason": consent.decision.reason, "categories": dict(consent.decision.categories),
        "partners": dict(consent.decision.partners),
    })

async def later(request):
    return JsonResponse({"allowed": request.consent.allows("performance", "google-analytics")})

def allows(request):
    return JsonResponse({"allowed": request.consent.allows(request.GET["category"], request.GET.get("partner"))})

@cache_page(600)
def cached(request):
    return render(request, "website/asked.html")

@cache_page(600)
def cached_plain(request):
    return HttpResponse(next(numbers))

def streamed(request):
    return StreamingHttpResponse(
        str(request.consent.allows("performance", "google-analytics")) for _ in range(1)
    )

def rendered(request):
    context = RequestContext(request, request.GET.dict()) if "bare" not in request.GET else Context()
    return HttpResponse(Template(request.body.decode()).render(context))

def loaded(request):
    return JsonResponse(sorted(sys.modules), safe=False)
""",
    "website/templates/website/plain.html": (
        "{% load sayso %}<head>{% sayso_snippet %}</head><footer>{% sayso_settings_button %}</footer>"
    ),
    "website/templates/website/asked.html": (
        '{% load sayso %}{% ifconsent "performance" "google-analytics" %}counted{% else %}left alone{% endifconsent %}'
    ),
}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    text: str

    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def vary(self) -> set[str]:
        return {name.strip() for name in self.headers.get("Vary", "").split(",") if name.strip()}


class ForeignWebsite:
    """The project in a folder, run by the same server as ours, in a process group of its own."""

    def __init__(self, folder: Path, *, interface: str = "wsgi", **sayso: Any) -> None:
        self.folder, self.interface, self.sayso = folder, interface, sayso
        self.port = free_port()
        self.log = folder / "website.log"
        self.process: subprocess.Popen[bytes] | None = None
        for name, text in FILES.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO")}
        return {
            **inherited,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            # The checkout last, as docs/django.md says.
            "PYTHONPATH": os.pathsep.join([str(self.folder), str(ROOT)]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "SAYSO": json.dumps(self.sayso),
        }

    def python(self, code: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the project."""
        command = [sys.executable, "-W", "error", "-c", code]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment(), capture_output=True, text=True, check=False, timeout=60
        )

    def start(self) -> None:
        command = [sys.executable, "-m", "granian", f"--interface={self.interface}", f"--port={self.port}"]
        command += ["--host=127.0.0.1", "--no-access-log", "--log-level=error", f"config.{self.interface}:application"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        latest = time.monotonic() + SLOWEST_START
        while not self._listens():
            if self.process.poll() is not None or time.monotonic() > latest:
                self.kill()
                raise RuntimeError(f"The website did not start:\n{self.log.read_text()}")
            time.sleep(0.05)

    def kill(self) -> None:
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=30)

    def get(self, path: str, *headers: tuple[str, str], method: str = "GET", body: str = "") -> Answer:
        """Headers as pairs: a browser or a proxy may send one twice."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.putrequest(method, path)
            for name, value in headers:
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body.encode())))
            connection.endheaders(body.encode())
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read().decode())

    def render(self, template: str, query: str = "", *headers: tuple[str, str]) -> Answer:
        return self.get(f"/render?{query}", *headers, method="POST", body="{% load sayso %}" + template)

    def _listens(self) -> bool:
        # Not by a request: the first visitor's is part of what is tested.
        probe = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        with contextlib.closing(probe):
            try:
                probe.connect()
            except OSError:
                return False
        return True

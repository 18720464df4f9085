"""`manage.py serve`: bring the database up to date, load the demo where wanted, and serve in the foreground."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from consent import append_only

# SQLite writes one after the other anyway; PostgreSQL lets several wait for it at once.
BLOCKING_THREADS = {True: 1, False: 8}


class Command(BaseCommand):
    help = "Migrate, load the demo (DEMO=true), compose what is live, and serve. Stops on Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--host", default="127.0.0.1", help="The address to listen on (default: this machine only)."
        )
        parser.add_argument(
            "--maintain", type=int, metavar="SECONDS", help="Run `maintain` beside the server, with this pause."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._warn_of_open_evidence()
        call_command("migrate", verbosity=0)
        if not settings.WHITENOISE_USE_FINDERS:
            call_command("collectstatic", interactive=False, verbosity=0)
        if settings.DEMO:
            call_command("load_demo", verbosity=0)
        call_command("compose_snippets", verbosity=0)
        self._announce(first_admin())
        if options["maintain"]:
            self._maintain_beside(options["maintain"])
        os.execv(sys.executable, [sys.executable, "-m", "granian", *server_arguments(options["host"])])

    def _maintain_beside(self, pause: int) -> None:
        # This process becomes the server and stays its parent.
        command = ["manage.py", "maintain", "--loop", str(pause), "--with-parent", "--verbosity", "0"]
        subprocess.Popen([sys.executable, *command], cwd=settings.BASE_DIR)

    def _warn_of_open_evidence(self) -> None:
        """Migrating puts missing triggers back; that they were missing must not go unnoticed."""
        for name in append_only.missing(connection):
            self.stderr.write(f"The trigger {name} was missing: evidence could have been altered. It is put back now.")

    def _announce(self, password: str | None) -> None:
        login = f" (first login: name admin, password {password})" if password else ""
        print(f"platform: {settings.PUBLIC_URL}", flush=True)
        if settings.DEMO:
            print(f"website: http://127.0.0.1:{settings.PORT}/demo/", flush=True)
        print(f"admin: {settings.PUBLIC_URL}/admin/{login}", flush=True)


def first_admin() -> str | None:
    """Make the first superuser. Returns its password, or None where there is a superuser already."""
    users = get_user_model().objects
    if users.filter(is_superuser=True).exists():
        return None
    password = secrets.token_urlsafe(12)
    users.create_superuser("admin", password=password)
    return password


def server_arguments(host: str) -> list[str]:
    # No access log: it would hold visitors' addresses.
    return [
        "--interface=wsgi",
        f"--host={host}",
        f"--port={settings.PORT}",
        f"--workers={max(settings.WORKERS, 1)}",
        f"--blocking-threads={BLOCKING_THREADS[settings.IS_SQLITE]}",
        # Below that it says on a busy machine that it killed a worker which had just stopped by itself.
        "--log-level=error",
        "--no-access-log",
        "--workers-kill-timeout=5",
        "config.worker:application",
    ]

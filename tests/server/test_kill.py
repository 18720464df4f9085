"""The server and its sealers are killed under load: what was acknowledged is there once, and the ledger verifies."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from consent.management.commands.serve import server_arguments
from tests import prepared
from tests.e2e.server import ROOT, free_port
from tests.environment import environment

if TYPE_CHECKING:
    from collections.abc import Iterator

# So that the run on PostgreSQL takes it too. What it kills has a database of its own.
pytestmark = pytest.mark.django_db

SENDERS = 4
ENOUGH = 200
MAKE_SITE = """
import django; django.setup()
from django.utils import timezone
from consent.services.publishing import publish
from cookies.models import Partner, Site
from tests.facts import ANSWERABLE
site = Site.objects.create(key="numonix", name="Numonix", domains=["https://www.numonix.example"], **ANSWERABLE)
print(publish(site=site, by="alice", now=timezone.now()).version.digest)
"""
COUNT = """
import django; django.setup()
from consent.models import ConsentEvent
import json
print(json.dumps([str(each) for each in ConsentEvent.objects.values_list("event_id", flat=True)]))
"""
# Helpers are forked where nothing else runs in the process, and spawned where something does.
VERIFY_BESIDE_A_THREAD = """
import threading, django
django.setup()
from consent.models import Ledger
from consent.reports.verification import verify
threading.Thread(target=threading.Event().wait, daemon=True).start()
print(verify(Ledger.objects.get(), processes=2).finding or "sound")
"""


@dataclass
class Installation:
    """A database, a server on it, and what was sent to it."""

    environ: dict[str, str]
    port: int
    digest: str = ""
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    unanswered: list[dict[str, Any]] = field(default_factory=list)

    def python(self, code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=self.environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def kill(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.processes.clear()

    def serve(self) -> None:
        self.start("-m", "granian", *arguments(self.port))
        deadline = time.monotonic() + 60
        while self.send(self.event(), keep=False) is None:
            assert time.monotonic() < deadline, "The server did not begin to answer."
            time.sleep(0.1)

    def event(self) -> dict[str, Any]:
        return {
            "event_id": str(uuid.uuid4()),
            "consent_id": str(uuid.uuid4()),
            "action": "reject_all",
            "surface": "banner",
            "categories": {"performance": False, "functional": False, "targeting": False},
            "partners": {},
            "version": self.digest,
            "language": "en",
            "signals": {"gpc": False, "dnt": False},
        }

    def send(self, body: dict[str, Any], *, keep: bool = True) -> int | None:
        """The status of the answer; None for none. An acknowledged event is noted down, another kept for later."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {"Origin": "https://www.numonix.example", "Content-Type": "application/json"}
            link.request("POST", "/api/v1/sites/numonix/events", json.dumps(body), headers)
            status = link.getresponse().status
        except (OSError, http.client.HTTPException):
            status = None
        finally:
            link.close()
        if status in (200, 201):
            self.acknowledged.add(body["event_id"])
        elif keep:
            self.unanswered.append(body)
        return status


def arguments(port: int) -> list[str]:
    """Those of `manage.py serve`, on another port and with two workers."""
    replaced = {"--port": f"--port={port}", "--workers": "--workers=2"}
    return [replaced.get(each.partition("=")[0], each) for each in server_arguments("127.0.0.1")]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    port = free_port()
    url, drop = own_database(tmp_path)
    made = Installation(
        environment(
            DATABASE_URL=url, DEMO="false", LEDGER_KEYS=str(tmp_path / "keys"), PORT=str(port), PYTHONPATH=str(ROOT)
        ),
        port,
    )
    try:
        made.digest = made.python(MAKE_SITE)
        yield made
    finally:
        made.kill()
        drop()


def own_database(tmp_path: Path) -> tuple[str, Any]:
    """An address, and what removes it: a file, or another database of the PostgreSQL that the tests use."""
    if connection.vendor == "sqlite":
        path = tmp_path / "kill.sqlite3"
        prepared.copy_file(prepared.migrated_file(), path)
        return f"sqlite:///{path}", lambda: None
    name = f"kill_{uuid.uuid4().hex[:8]}"
    prepared.create(name, template=prepared.migrated_template())
    return prepared.address(name), lambda: prepared.drop(name)


def wait_for_a_seal(installation: Installation) -> None:
    """Until a sealer is in the middle of its work: something is sealed, and more comes in."""
    keys, deadline = Path(installation.environ["LEDGER_KEYS"]), time.monotonic() + 60
    while not keys.is_dir() or len(installation.acknowledged) < ENOUGH:
        assert time.monotonic() < deadline, "Nothing was sealed."
        time.sleep(0.05)


def test_kill_under_load_loses_no_acknowledged_event(installation: Installation) -> None:
    installation.serve()
    ended = threading.Event()

    def send_until_it_ends() -> None:
        while not ended.is_set():
            installation.send(installation.event())

    senders = [threading.Thread(target=send_until_it_ends) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    # Two at once, as when one run takes longer than the pause until the next.
    for _ in range(2):
        installation.start("manage.py", "maintain", "--loop", "1")
    wait_for_a_seal(installation)
    installation.kill()
    ended.set()
    for sender in senders:
        sender.join()

    # A browser sends again what was not acknowledged; some of it had been written.
    installation.serve()
    waiting, installation.unanswered = installation.unanswered, []
    for body in waiting[:50]:
        assert installation.send(body) in (200, 201)
    first, second = (installation.start("manage.py", "maintain") for _ in range(2))
    assert (first.wait(60), second.wait(60)) == (0, 0)
    recorded = json.loads(installation.python(COUNT))
    assert len(recorded) == len(set(recorded))
    assert installation.acknowledged <= set(recorded)
    assert installation.start("manage.py", "verify_ledger", "--processes", "2").wait(60) == 0
    assert installation.python(VERIFY_BESIDE_A_THREAD) == "sound"

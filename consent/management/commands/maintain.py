"""`manage.py maintain`: seal, copy checkpoints, forget what has expired. Run by cron, a timer, or `--loop`."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections
from django.utils import timezone

from consent.services.maintaining import maintain


class Command(BaseCommand):
    help = "Do what is due: seal events into the ledger, sign and copy checkpoints. Safe to run at any time, and twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", type=int, metavar="SECONDS", help="Go on for ever, with this pause.")
        parser.add_argument(
            "--with-parent", action="store_true", help="End the loop when whoever started it has ended."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["loop"]:
            if not self.run_once(options["verbosity"]):
                raise CommandError("Something went wrong; see above. What could be done was done.")
            return
        self.go_on(options["loop"], with_parent=options["with_parent"], verbosity=options["verbosity"])

    def go_on(self, pause: int, *, with_parent: bool, verbosity: int) -> None:
        ended, parent = threading.Event(), os.getppid()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        while True:
            self.run_once(verbosity)
            close_old_connections()
            for _ in range(max(pause, 1)):
                if ended.wait(1) or (with_parent and os.getppid() != parent):
                    return

    def run_once(self, verbosity: int) -> bool:
        went_well = True
        for done in maintain(now=timezone.now()):
            went_well = went_well and not done.failed
            if done.failed:
                self.stderr.write(done.text)
            elif verbosity:
                self.stdout.write(done.text)
        return went_well

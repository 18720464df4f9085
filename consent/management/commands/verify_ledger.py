"""`manage.py verify_ledger`: recompute everything, name the first difference, and exit with 1 where there is one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from consent.models import Ledger
from consent.services.verifying import verify_ledger


class Command(BaseCommand):
    help = "Recompute the ledgers from their events, and compare with every tile, checkpoint and signature."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--site", metavar="KEY", help="Only this website's ledger.")
        parser.add_argument("--processes", type=int, metavar="N", help="How many share the work; all cores without it.")

    def handle(self, *args: Any, **options: Any) -> None:
        ledgers = Ledger.objects.select_related("site").order_by("site__key")
        if options["site"]:
            ledgers = ledgers.filter(site__key=options["site"])
            if not ledgers:
                raise CommandError(f"No ledger has been begun for a website with the key {options['site']!r}.")
        wrong = 0
        for ledger in ledgers:
            check = verify_ledger(ledger=ledger, now=timezone.now(), processes=options["processes"])
            wrong += bool(check.finding)
            self.stdout.write(f"{ledger.origin}: {check.finding or f'{check.size} leaves, everything agrees.'}")
        if wrong:
            raise CommandError("The ledger does not agree with what was signed. See docs/ledger.md for what to do.")

"""`manage.py verify_receipt FILE`: check a receipt, without the network and without the database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from consent.receipts.checking import Step, check_receipt, is_proved
from consent.signatures import is_signed_by

MARKS = {True: "holds   ", False: "WRONG   ", None: "not yet "}


class Command(BaseCommand):
    help = "Check a receipt: values, record, place in the ledger, signature. Asks nobody."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="The receipt, as it was downloaded.")
        parser.add_argument(
            "--keys", type=Path, metavar="FILE", help="The ledger's verifier keys, from elsewhere than the receipt."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            receipt = json.loads(options["file"].read_text(encoding="utf-8"))
            keys = options["keys"].read_text(encoding="utf-8").split() if options["keys"] else ()
        except OSError as error:
            raise CommandError(f"{error.filename} can't be read: {error.strerror}.") from None
        except ValueError:
            raise CommandError(f"{options['file']} is no JSON. Was it cut short?") from None
        steps = check_receipt(receipt, check=is_signed_by, trusted=keys)
        for step in steps:
            self.stdout.write(f"{MARKS[step.holds]}{step.words}")
        self._conclude(steps)

    def _conclude(self, steps: list[Step]) -> None:
        if any(step.holds is False for step in steps):
            raise CommandError("This receipt does not prove what it says.")
        if not is_proved(steps):
            raise CommandError("This receipt is not proved yet.", returncode=2)
        self.stdout.write("Proved: this decision was recorded so, and stands in the signed ledger.")

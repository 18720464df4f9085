"""`manage.py ledger_proof`: an inclusion or a consistency proof, as JSON."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from consent.models import Ledger
from consent.reports.proofs import ProofUnavailable, consistency_proof, inclusion_proof


class Command(BaseCommand):
    help = "Print the proof that a leaf stands in a ledger, or that one checkpoint goes on from another."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("site", metavar="KEY", help="The website's public key.")
        parser.add_argument("--leaf", type=int, metavar="INDEX", help="Prove that this leaf is included.")
        parser.add_argument("--since", type=int, metavar="SIZE", help="Prove consistency from this size on.")
        parser.add_argument(
            "--size", type=int, help="Of the ledger at this size; without it, of the newest checkpoint."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        ledger = Ledger.objects.filter(site__key=options["site"]).first()
        if ledger is None:
            raise CommandError(f"No ledger has been begun for a website with the key {options['site']!r}.")
        if (options["leaf"] is None) == (options["since"] is None):
            raise CommandError("Say either --leaf INDEX or --since SIZE.")
        try:
            if options["leaf"] is not None:
                proof = inclusion_proof(ledger, index=options["leaf"], size=options["size"])
            else:
                proof = consistency_proof(ledger, first=options["since"], size=options["size"])
        except ProofUnavailable as error:
            raise CommandError(str(error)) from None
        self.stdout.write(json.dumps(proof, indent=2))

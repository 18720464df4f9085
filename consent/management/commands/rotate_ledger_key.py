"""`manage.py rotate_ledger_key`: a new key signs from now on; the old ones stay published."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from consent.services.ledger_keys import add_key


class Command(BaseCommand):
    help = "Make a new key for signing checkpoints. What older keys signed stays checkable with them."

    def handle(self, *args: Any, **options: Any) -> None:
        key, _ = add_key(now=timezone.now())
        self.stdout.write(f"Key {key} signs from now on. Keep a copy of its file in LEDGER_KEYS.")

"""`manage.py load_demo`: the five demonstration websites, made once and then left to people."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from consent.services.demo import load_demo


class Command(BaseCommand):
    help = "Create and publish the demonstration websites that are not there yet."

    def handle(self, *args: Any, **options: Any) -> None:
        made = load_demo(now=timezone.now())
        if options["verbosity"]:
            self.stdout.write(f"Made: {', '.join(made)}." if made else "All demonstration websites are there.")

"""`manage.py retain`: remove the contents of what has expired, as `maintain` does once a day; or only count it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from consent.services.retention import apply_retention, rehearse_retention
from cookies.models import Site


class Command(BaseCommand):
    help = "Remove the contents of expired events, keeping their leaves. With --dry-run, say only how many."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--site", metavar="KEY", help="Only this website.")
        parser.add_argument("--dry-run", action="store_true", help="Count, and remove nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        sites = Site.objects.order_by("key")
        if options["site"]:
            sites = sites.filter(key=options["site"])
            if not sites:
                raise CommandError(f"There is no website with the key {options['site']!r}.")
        run = rehearse_retention if options["dry_run"] else apply_retention
        verb = "would be" if options["dry_run"] else "were"
        for site in sites:
            done = run(site=site, now=timezone.now())
            if done is None:
                self.stdout.write(f"{site.key}: today's run is done already.")
            else:
                self.stdout.write(
                    f"{site.key}: the contents of {done.count} events {verb} removed, {done.held} are held."
                )

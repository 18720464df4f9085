"""`manage.py compose_snippets`: after a deployment, give every website the new engine before a visitor asks for it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from consent.services.publishing import compose_publication, live_publication
from cookies.models import Site


class Command(BaseCommand):
    help = "Compose the files of every live version with the present engine. Does nothing where they exist."

    def handle(self, *args: Any, **options: Any) -> None:
        now, count = timezone.now(), 0
        for site in Site.objects.filter(state=Site.State.ACTIVE).iterator():
            coming = site.publications.filter(effective_at__gt=now).select_related("version", "site")
            for publication in filter(None, (live_publication(site, now=now), *coming)):
                count += len(compose_publication(publication=publication, now=now))
        if options["verbosity"]:
            self.stdout.write(f"{count} files are ready.")

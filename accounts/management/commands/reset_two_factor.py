"""`manage.py reset_two_factor NAME`: let somebody in who lost phone and recovery codes."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.services.second_factor import turn_off


class Command(BaseCommand):
    help = "Turn two-factor login off for one person, who can then log in with the password and set it up again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="The person's user name.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["name"]).first()
        if user is None:
            raise CommandError(f"Nobody here is called {options['name']}.")
        was_on = turn_off(user=user)
        self.stdout.write(f"Two-factor login {'is off' if was_on else 'was not on'} for {user}.")

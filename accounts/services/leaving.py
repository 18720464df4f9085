"""When somebody leaves: their account is made inactive, and deleted only where nothing would go with it."""

from __future__ import annotations

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User


def may_be_deleted(person: User) -> bool:
    """Not whoever has done anything or has a role: their log entries and roles would be deleted with the account, and
    the last owner's website would have none."""
    return not (LogEntry.objects.filter(user=person).exists() or person.memberships.exists())

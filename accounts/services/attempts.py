"""How often somebody may try to log in: counted in the database, so that all of the server's processes count together.

An attempt is counted before the password is looked at, or many at once would each find the count still low.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from accounts.models import LoginAttempts

SALT = "accounts.attempts"
# One address may be a whole office, and one name is tried from many addresses only by attackers: locking the name at
# once would let anybody lock anybody out.
FOR_AN_ADDRESS = 5
FOR_A_NAME = 10
AT_ONCE = 100


@transaction.atomic
def take_attempt(*, name: str, address: str, limit: int, minutes: int, now: datetime) -> datetime | None:
    """Count an attempt; None where it may go on. Otherwise the moment until which nobody may try, and nothing counts.

    `limit` is the number of attempts in so many `minutes` for a name from an address. Without a known address it is the
    limit of the name.
    """
    window = timedelta(minutes=minutes)
    rows = []
    # In one order everywhere, so that two attempts never wait for each other's second row.
    for key, most in sorted(_limits(name, address, limit).items()):
        LoginAttempts.objects.get_or_create(key=key, defaults={"since": now})
        row = LoginAttempts.objects.select_for_update().get(key=key)
        if row.since + window <= now:
            row.count, row.since = 0, now
        if row.count >= most:
            return row.since + window
        row.count += 1
        rows.append(row)
    for row in rows:
        row.save()
    return None


@transaction.atomic
def forget_attempts(*, name: str, address: str) -> None:
    """After the right password: the name starts afresh. Of the address only this attempt is taken back, or an attacker
    with an account of their own would wipe out the count of the others that they try."""
    LoginAttempts.objects.filter(key__in=[_key("name", name), _key("name and address", name, address)]).delete()
    LoginAttempts.objects.filter(key=_key("address", address), count__gt=0).update(count=F("count") - 1)


@transaction.atomic
def drop_old_attempts(*, minutes: int, now: datetime) -> None:
    """What no longer counts is not kept. Rows that somebody is just counting in are left for the next time."""
    old = LoginAttempts.objects.filter(since__lte=now - timedelta(minutes=minutes))
    found = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True)[:AT_ONCE])
    LoginAttempts.objects.filter(pk__in=found).delete()


def _limits(name: str, address: str, limit: int) -> dict[str, int]:
    if not address:
        return {_key("name", name): limit}
    return {
        _key("name and address", name, address): limit,
        _key("address", address): limit * FOR_AN_ADDRESS,
        _key("name", name): limit * FOR_A_NAME,
    }


def _key(*parts: str) -> str:
    written = "\0".join(part.strip().lower() for part in parts)
    return salted_hmac(SALT, written, algorithm="sha256").hexdigest()

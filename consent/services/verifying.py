"""Looking through a ledger, and keeping that somebody looked."""

from __future__ import annotations

from datetime import datetime

from consent.models import Ledger, LedgerCheck
from consent.reports.verification import verify


def verify_ledger(*, ledger: Ledger, now: datetime, processes: int | None = None) -> LedgerCheck:
    """Recompute the whole ledger, and keep what was found. An empty finding says that everything agrees."""
    verified = verify(ledger, processes=processes)
    return LedgerCheck.objects.create(ledger=ledger, finished_at=now, size=verified.size, finding=verified.finding)

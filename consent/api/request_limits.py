"""How many requests one client may make: counted in memory, by two windows that slide. No clock: `now` is told.

A count of the window before stands for a share of what is left of it, so nobody gets twice the rate at its edge. Each
client costs one number, and nothing outlives two windows.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

# More clients than a worker meets in one window on any real website; beyond it the oldest counts are let go.
MOST_CLIENTS = 200_000
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass
class RequestLimit:
    """`most` requests in `seconds`, per client."""

    most: int
    seconds: int
    _window: int = -1
    _now: dict[str, int] = field(default_factory=dict)
    _before: dict[str, int] = field(default_factory=dict)
    # Two threads that turn at once would throw the window away that has just passed.
    _turning: threading.Lock = field(default_factory=threading.Lock)

    def seconds_to_wait(self, client: str, now: float) -> float | None:
        """None where the client may go on, and is counted; else how long until it may. `now` in seconds."""
        window, inside = divmod(now, self.seconds)
        self._turn(int(window))
        used = self._now.get(client, 0)
        left = 1 - inside / self.seconds
        before = self._before.get(client, 0)
        if used + before * left < self.most:
            self._now[client] = used + 1
            return None
        return max(self._wait(used, before, inside), 0.001)

    def _turn(self, window: int) -> None:
        if window == self._window and len(self._now) < MOST_CLIENTS:
            return
        with self._turning:
            if window == self._window and len(self._now) < MOST_CLIENTS:
                return
            self._before = self._now if window <= self._window + 1 else {}
            self._now, self._window = {}, window

    def _wait(self, used: int, before: int, inside: float) -> float:
        """When the window before has faded far enough; for a window that is full by itself, in the next."""
        if used < self.most and before:
            return self.seconds * (1 - (self.most - used) / before) - inside
        return self.seconds - inside + self.seconds * max(0.0, 1 - self.most / used)


def request_limit(rate: str | None) -> RequestLimit | None:
    """The limit that a setting such as 120/min says; None for none."""
    if not rate:
        return None
    most, _, period = rate.partition("/")
    return RequestLimit(int(most), SECONDS[period[0]])

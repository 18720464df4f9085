"""What can go wrong, as exceptions. Each carries the code that the server's documentation lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ApiProblem(Exception):
    """The server refused. `fields` says which fields are at fault; `problem` is all that it said."""

    def __init__(self, status: int, problem: Mapping[str, Any], *, retry_after: float | None = None) -> None:
        self.status = status
        self.code = str(problem.get("code", "error"))
        self.detail = str(problem.get("detail", ""))
        self.fields: Mapping[str, str] = problem.get("fields", {})
        self.problem = problem
        self.retry_after = retry_after
        faults = "".join(f" {name}: {fault}" for name, fault in self.fields.items())
        super().__init__(f"{status} {self.code}: {self.detail}{faults}")


class NotAllowed(ApiProblem):
    """401 or 403: the token opens nothing, or not this."""


class NotFound(ApiProblem):
    """404: there is nothing of the kind, or not for this token."""


class Refused(ApiProblem):
    """400, 409 or 422: it can't be read, can't be kept, or contradicts what is there."""


class ChangedMeanwhile(ApiProblem):
    """412: somebody changed it since it was read. Read it again, then repeat."""


class TooManyRequests(ApiProblem):
    """429: wait for `retry_after` seconds."""


class NoAnswer(Exception):
    """The server was not reached, or what came was no answer of its."""


KINDS: Mapping[int, type[ApiProblem]] = {
    400: Refused,
    401: NotAllowed,
    403: NotAllowed,
    404: NotFound,
    409: Refused,
    412: ChangedMeanwhile,
    422: Refused,
    429: TooManyRequests,
}

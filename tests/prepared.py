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

from tests.environment import environment

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
# Where they stand: a folder of the run, which the first process makes and the others inherit.
FOLDER = "SAYSO_TESTS_FOLDER"
DEMO = """
import django; django.setup()
from django.core.management import call_command
call_command("load_demo", verbosity=0)
"""


def migrated_file() -> Path:
    """A SQLite database with everything that migrations make, triggers too, and nothing else."""
    return made_once("migrated.sqlite3", lambda path: migrate(f"sqlite:///{path}"))


def demo_file(environ: dict[str, str]) -> Path:
    """The same with the demo, its files composed for the server that asks first."""

    def make(path: Path) -> None:
        copy_file(migrated_file(), path)
        run("-c", DEMO, environ={**environ, "DATABASE_URL": f"sqlite:///{path}"})

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
        link.execute(statement)  # type: ignore[call-overload]  # the names are this file's and the tests'


def migrate(url: str) -> None:
    run("manage.py", "migrate", "--verbosity=0", environ=environment(DATABASE_URL=url))


def run(*command: str, environ: dict[str, str]) -> None:
    subprocess.run([sys.executable, *command], cwd=ROOT, env=environ, check=True)

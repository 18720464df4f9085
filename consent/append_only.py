"""Evidence can't be altered: base classes that refuse it, and database triggers that refuse it to everybody.

The doors (ConsentEvent): erasable values and salts go from a value to NULL, commitments from NULL to a value. Nothing
else, and no DELETE. Django rebuilds a table on SQLite when a field changes, which silently drops its triggers, so they
are installed after every migration and checked at start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

M = TypeVar("M", bound=models.Model)


class EvidenceIsFinal(Exception):
    """Raised when code tries to change or delete what has been published or recorded."""


class AppendOnlyQuerySet(models.QuerySet[M]):
    def update(self, **values: Any) -> int:
        if not set(values) <= {*erased_once(self.model), *filled_once(self.model)}:
            refuse(self.model)
        return super().update(**values)

    def delete(self) -> NoReturn:
        refuse(self.model)

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        refuse(self.model)


class AppendOnly(models.Model):
    """Rows that are written once."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            refuse(type(self))
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        refuse(type(self))


def refuse(model: type[models.Model]) -> NoReturn:
    raise EvidenceIsFinal(f"A {model._meta.verbose_name} is final. It can't be changed or deleted.")


def erased_once(model: type[models.Model]) -> tuple[str, ...]:
    """Fields that may go from a value to NULL, and never back."""
    return getattr(model, "ERASED_ONCE", ())


def filled_once(model: type[models.Model]) -> tuple[str, ...]:
    """Fields that may go from NULL to a value, and never change again."""
    return getattr(model, "FILLED_ONCE", ())


def guarded_models() -> list[type[models.Model]]:
    from django.apps import apps  # noqa: PLC0415  the registry is empty while models are being defined

    return [model for model in apps.get_app_config("consent").get_models() if issubclass(model, AppendOnly)]


def install_after_migration(*, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """The post_migrate receiver: install on whichever database has just been migrated."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    for model in guarded_models():
        if model._meta.db_table in tables:
            install(connection, model)


def install(connection: BaseDatabaseWrapper, model: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        for statement in statements(connection.vendor, model):
            cursor.execute(statement)


def lift(connection: BaseDatabaseWrapper, model: type[models.Model]) -> None:
    """Only for a test's flush: take the triggers away."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        for name in trigger_names(connection.vendor, table):
            cursor.execute(
                f"DROP TRIGGER IF EXISTS {name}"
                if connection.vendor == "sqlite"
                else f"DROP TRIGGER IF EXISTS {name} ON {table}"
            )


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of triggers that should stand on existing tables but do not."""
    tables = set(connection.introspection.table_names())
    there = standing(connection)
    wanted = [
        name
        for model in guarded_models()
        if model._meta.db_table in tables
        for name in trigger_names(connection.vendor, model._meta.db_table)
    ]
    return [name for name in wanted if name not in there]


def standing(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of all triggers that stand and are not switched off."""
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[0] for row in cursor.fetchall()}


def trigger_names(vendor: str, table: str) -> list[str]:
    # SQLite's INSERT OR REPLACE deletes a row without asking the DELETE trigger; PostgreSQL's TRUNCATE likewise.
    third = "replace" if vendor == "sqlite" else "truncate"
    return [f"{table}_no_update", f"{table}_no_delete", f"{table}_no_{third}"]


def statements(vendor: str, model: type[models.Model]) -> Iterator[str]:
    if vendor == "sqlite":
        yield from sqlite_statements(model)
    elif vendor == "postgresql":
        yield from postgresql_statements(model)
    else:
        raise NotImplementedError(f"Append-only tables are not available on {vendor}. Use SQLite or PostgreSQL.")


def change_conditions(model: type[models.Model], differs: str) -> list[str]:
    """SQL that is true for each forbidden change; `differs` is the vendor's null-safe inequality."""
    conditions = []
    for field in model._meta.concrete_fields:
        column, change = field.column, f"(NEW.{field.column} {differs} OLD.{field.column})"
        if field.name in erased_once(model):
            conditions.append(f"({change} AND NEW.{column} IS NOT NULL)")
        elif field.name in filled_once(model):
            conditions.append(f"({change} AND OLD.{column} IS NOT NULL)")
        else:
            conditions.append(change)
    return conditions


def sqlite_statements(model: type[models.Model]) -> Iterator[str]:
    table = model._meta.db_table
    final = f"SELECT RAISE(ABORT, '{table} is append-only');"
    update, delete, replace = trigger_names("sqlite", table)
    forbidden = " OR ".join(change_conditions(model, "IS NOT"))
    keys = " OR ".join(
        "(" + " AND ".join(f"{column} = NEW.{column}" for column in columns) + ")" for columns in unique_keys(model)
    )
    for name in (update, delete, replace):
        yield f"DROP TRIGGER IF EXISTS {name}"
    yield f"CREATE TRIGGER {update} BEFORE UPDATE ON {table} WHEN {forbidden} BEGIN {final} END"
    yield f"CREATE TRIGGER {delete} BEFORE DELETE ON {table} BEGIN {final} END"
    yield (
        f"CREATE TRIGGER {replace} BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {keys}) "
        f"BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: {table}'); END"
    )


def unique_keys(model: type[models.Model]) -> Iterator[list[str]]:
    columns = {field.name: field.column for field in model._meta.concrete_fields}
    yield [field.column for field in model._meta.concrete_fields if field.primary_key]
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            yield [columns[name] for name in constraint.fields]


def postgresql_statements(model: type[models.Model]) -> Iterator[str]:
    table = model._meta.db_table
    update, delete, truncate = trigger_names("postgresql", table)
    forbidden = " OR ".join(change_conditions(model, "IS DISTINCT FROM"))
    yield (
        "CREATE OR REPLACE FUNCTION consent_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; "
        "END $$"
    )
    refusal = "EXECUTE FUNCTION consent_append_only()"
    for name in (update, delete, truncate):
        yield f"DROP TRIGGER IF EXISTS {name} ON {table}"
    yield f"CREATE TRIGGER {update} BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({forbidden}) {refusal}"
    yield f"CREATE TRIGGER {delete} BEFORE DELETE ON {table} FOR EACH ROW {refusal}"
    yield f"CREATE TRIGGER {truncate} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refusal}"

"""The OpenAPI document against the server: whatever is sent, nothing breaks, and the answer is one that it lists."""

from __future__ import annotations

import json
import uuid
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from consent.reports.events import EventSearch
from consent.services.exports import ask_export, make_export
from consent.services.sealing import seal_site
from cookies.services.tokens import make_token
from cookies.tokens import VERBS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from django.contrib.auth.models import User

    from consent.models import Publication
    from cookies.models import Cookie

pytestmark = pytest.mark.django_db
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
DOCUMENT = SchemaGenerator().get_schema(request=None, public=True)
DESCRIBED = schemathesis.openapi.from_dict(DOCUMENT)


class Whole(WSGIHandler):
    """Django itself, its answers read to the end and closed, as a server does: schemathesis leaves files open."""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        with closing(super().__call__(environ, start_response)) as answer:
            return [b"".join(answer)]


# The front door before Django gives its connection back after each request, and here it is the test's.
DESCRIBED.app = Whole()
FOUND: list[Any] = [found.ok() for found in DESCRIBED.get_all_operations()]  # type: ignore[union-attr]  # all are valid
OPERATIONS = {operation.label: operation for operation in FOUND}
# What has neither a query nor a body takes nothing that could be wrong.
TRIALS = [
    (label, mode)
    for label, operation in OPERATIONS.items()
    for mode in GenerationMode
    if mode == GenerationMode.POSITIVE or operation.query or operation.body
]
# Bounded: the whole file takes seconds. Each run tries other examples, but in CI.
EXAMPLES = settings(
    max_examples=10,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def real(
    published: Publication,
    alice: User,
    send: Callable[..., Any],
    event_body: dict[str, Any],
    settings: Any,
    tmp_path: Path,
) -> dict[str, Any]:
    """Names of what is there: chance alone would find nothing but 404."""
    settings.PUBLIC_URL, settings.EXPORTS_FOLDER = "http://testserver", tmp_path
    assert send(event_body).status_code == 201
    seal_site(site=published.site, now=timezone.now())
    cookie: Cookie = published.site.cookies.get(name="session")
    token = make_token(
        site=published.site,
        made_by=alice,
        name="Tester",
        verbs=list(VERBS),
        days=1,
        now=timezone.now() - timedelta(minutes=1),
    )
    export = ask_export(site=published.site, form="csv", search=EventSearch(), by="alice", now=timezone.now())
    make_export(export=export)
    return {
        "token": token.text,
        "key": "numonix",
        "slug": "chat",
        "cookie_id": cookie.pk,
        "number": 1,
        "event_id": event_body["event_id"],
        "export_id": export.pk,
        "digest": published.version.digest,
        "consent_id": str(uuid.UUID(event_body["consent_id"])),
    }


@pytest.fixture
def _connection_stays(real: dict[str, Any]) -> Iterator[None]:
    """As with Django's own test client: a request must not close what the test's transaction runs in."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("_connection_stays")
@pytest.mark.parametrize("mode", GenerationMode)
def test_every_answer_is_documented(mode: GenerationMode, real: dict[str, Any]) -> None:
    faults = {}
    for label in (label for label, its_mode in TRIALS if its_mode == mode):
        # What one address changed must not be missing from the next.
        with transaction.atomic():
            try:
                trial(label, mode, real)
            except FailureGroup as found:
                faults[label] = [str(fault) for fault in found.exceptions]
            transaction.set_rollback(True)
    assert not faults


def trial(label: str, mode: GenerationMode, real: dict[str, Any]) -> None:
    bearer = real["token"] if "/manage/" in label else real["consent_id"]

    @EXAMPLES
    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        for name in case.path_parameters or {}:
            case.path_parameters[name] = real.get(name, case.path_parameters[name])
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {bearer}"}
        case.validate_response(case.call(base_url="http://testserver"), checks=CHECKS)

    ask()


def test_document_describes_every_address_of_the_machine_api() -> None:
    described = {path for path in DOCUMENT["paths"] if path.startswith("/api/v1/manage/")}
    assert len(described) == 18
    for path in described:
        for method, operation in DOCUMENT["paths"][path].items():
            assert operation["security"] == [{"token": []}], (method, path)
            good = [answer for status, answer in operation["responses"].items() if status in ("200", "201")]
            contents = [content for answer in good for content in answer["content"].values()]
            assert all("examples" in content for content in contents), (method, path)
    assert DOCUMENT["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    json.dumps(DOCUMENT)

"""Exports of the evidence: asked for, looked at until they are ready, and taken. Who took one is written down."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from consent.api.manage.bodies import Body, read_body, read_query
from consent.api.manage.paging import page_of
from consent.api.manage.problems import Problem
from consent.api.manage.records import ACTIONS, not_kept
from consent.api.manage.schema import CURSOR, IF_NONE_MATCH, LIMIT, listing, not_modified, operation
from consent.api.manage.view import ManageView
from consent.models import Export
from consent.regimes import REGIMES
from consent.reports.events import EventSearch
from consent.reports.export_formats import FORMATS
from consent.services.exports import STATES, ExportGone, ask_export, offered_until, open_export, state_of
from cookies.admin.log import DECISION, record_token_action

EXPORT = {
    "id": 7,
    "format": "ndjson",
    "search": {"first": "2026-11-01", "action": "withdraw"},
    "state": "ready",
    "asked_by": "Archive (token)",
    "asked_at": "2026-11-29T03:00:00Z",
    "expected": 2,
    "written": 2,
    "failure": "",
    "finished_at": "2026-11-29T03:00:01Z",
    "offered_until": "2026-12-06T03:00:01Z",
    "manifest": {
        "website": "my-site",
        "format": "ndjson",
        "search": {"first": "2026-11-01", "action": "withdraw"},
        "until": "2026-11-29T03:00:00+00:00",
        "count": 2,
        "sealed": 2,
        "first_ledger_index": 40,
        "last_ledger_index": 41,
        "bytes": 2418,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "checkpoint": None,
        "file": "my-site-7-3f1c9a52b7d04e86.ndjson",
    },
}
PLAIN = ("id", "format", "search", "asked_by", "asked_at", "finished_at", "manifest")
ID = OpenApiParameter("export_id", int, OpenApiParameter.PATH)
MEDIA_TYPES = dict.fromkeys(form.content_type.partition(";")[0] for form in FORMATS.values())


class ExportSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    format = serializers.ChoiceField(choices=list(FORMATS))
    search = serializers.DictField(help_text="What was asked for; empty for everything.")
    state = serializers.ChoiceField(choices=STATES)
    asked_by = serializers.CharField()
    asked_at = serializers.DateTimeField()
    expected = serializers.IntegerField(help_text="How many records it will hold, once it is being written.")
    written = serializers.IntegerField(help_text="How many of them are in the file.")
    failure = serializers.CharField(help_text="Why the last try failed. It is tried again.")
    finished_at = serializers.DateTimeField(allow_null=True)
    offered_until = serializers.DateTimeField(allow_null=True)
    manifest = serializers.DictField(allow_null=True, help_text="What the file holds, and its SHA-256.")


class ExportBody(Body):
    format = serializers.ChoiceField(choices=list(FORMATS))
    first = serializers.DateField(required=False, help_text="Received on this day of UTC or later.")
    last = serializers.DateField(required=False, help_text="Received on this day of UTC or earlier.")
    action = serializers.ChoiceField(choices=ACTIONS, required=False)
    version = serializers.IntegerField(min_value=1, max_value=999_999_999, required=False, help_text="Its number.")
    regime = serializers.ChoiceField(choices=list(REGIMES), required=False)
    consent_ref = serializers.RegexField(r"^[0-9a-f]{64}\Z", required=False)


class NoQuery(Body):
    """Lists that are not filtered."""


class ExportsView(ManageView):
    """GET and POST /api/v1/manage/sites/{key}/exports."""

    verbs = {"GET": "evidence", "POST": "evidence"}

    @operation(
        "exports",
        {200: listing("ExportPage", ExportSerializer), 304: not_modified()},
        query=[CURSOR, LIMIT, IF_NONE_MATCH],
        example={"results": [EXPORT], "next_cursor": None},
    )
    def get(self, request: Request, key: str) -> HttpResponse:
        """The newest first, those that people asked for as well."""
        read_query(request, NoQuery, paged=True)
        rows, now = self.site.exports.select_related("progress"), timezone.now()
        page = page_of(request, rows, name="exports", site_id=self.site.pk, order=["-id"], filters={})
        results = [export_record(export, now) for export in page.rows]
        return not_kept(self.answer({"results": results, "next_cursor": page.next_cursor}))

    @operation(
        "ask_export",
        {201: ExportSerializer},
        takes=ExportBody,
        refuses=(409, 415, 422),
        example=EXPORT,
        sent={"format": "ndjson", "first": "2026-11-01", "action": "withdraw"},
    )
    def post(self, request: Request, key: str) -> HttpResponse:
        """Ask for a file. A short one is ready in the answer; a long one is written by the server's next run."""
        search = read_body(request, ExportBody)
        form = search.pop("format")
        export = self.change(lambda: self._ask(form, EventSearch(**search)))
        # It may have been written since it was committed.
        return not_kept(self.answer(export_record(_export(self, export.pk), timezone.now()), status=201))

    def _ask(self, form: str, search: EventSearch) -> Export:
        if search.version and not self.site.versions.filter(ordinal=search.version).exists():
            raise ValidationError({"version": "The website has no version with this number."})
        try:
            export = ask_export(site=self.site, form=form, search=search, by=actor(self), now=timezone.now())
        except ValidationError as error:
            if "exports_waiting" in {one.code for one in getattr(error, "error_list", ())}:
                raise Problem(409, "exports_waiting", " ".join(error.messages)) from None
            raise
        record_token_action(self.token, "Asked for an export of the evidence.", flag=DECISION)
        return export


class ExportView(ManageView):
    """GET /api/v1/manage/sites/{key}/exports/{export_id}."""

    verbs = {"GET": "evidence"}

    @operation("export", {200: ExportSerializer, 304: not_modified()}, query=[ID, IF_NONE_MATCH], example=EXPORT)
    def get(self, request: Request, key: str, export_id: str) -> HttpResponse:
        """How far it is, and what its file holds. The manifest stays when the file is gone."""
        return not_kept(self.answer(export_record(_export(self, int(export_id)), timezone.now())))


class ExportFileView(ManageView):
    """GET /api/v1/manage/sites/{key}/exports/{export_id}/file. Each is written down, so none by HEAD."""

    verbs = {"GET": "evidence"}
    http_method_names = ["get"]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """The file has the type that was asked for with it, whatever Accept says."""
        return super().perform_content_negotiation(request, force=True)

    @operation(
        "export_file",
        {(200, media_type): OpenApiTypes.BINARY for media_type in MEDIA_TYPES},
        query=[ID],
        refuses=(409,),
        example="(the bytes of the file)",
    )
    def get(self, request: Request, key: str, export_id: str) -> HttpResponse:
        """The file, whole: its SHA-256 stands in the manifest. That this token took it is written down."""
        export, now = _export(self, int(export_id)), timezone.now()
        if export.finished_at is None:
            raise Problem(409, "export_not_ready", "The file is still being written. Ask again when `state` is ready.")
        try:
            path, file = open_export(export=export, by=actor(self), now=now)
        except ExportGone:
            raise Problem(404, "export_gone", "The file was removed. Ask for a new export.") from None
        record_token_action(self.token, f"Downloaded export {export.pk} of the evidence.", flag=DECISION)
        content_type = FORMATS[export.format].content_type
        response = FileResponse(file, as_attachment=True, filename=path.name, content_type=content_type)
        # A stream is an answer like any other to whoever asked; Django's types keep the two apart.
        return not_kept(response)  # type: ignore[arg-type]


def export_record(export: Export, now: datetime) -> dict[str, Any]:
    progress = export.progress
    return {
        **{name: getattr(export, name) for name in PLAIN},
        "state": state_of(export, now),
        "expected": progress.expected,
        "written": progress.written,
        "failure": progress.failure,
        "offered_until": offered_until(export),
    }


def actor(view: ManageView) -> str:
    return f"{view.token.name} (token)"


def _export(view: ManageView, number: int) -> Export:
    export: Export | None = view.site.exports.select_related("progress").filter(pk=number).first()
    if export is None:
        raise Problem(404, "unknown_export", "The website has no export with this number.")
    return export

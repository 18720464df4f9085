"""Evidence to take away: asked for, made in the background where it is long, and downloaded by name."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from consent.admin.evidence import VIEW, subpages
from consent.evidence_forms import ExportForm
from consent.models import ConsentEvent, Export
from consent.reports.export_formats import FORMATS
from consent.services.exports import (
    MOST_AT_ONCE,
    OFFERED_FOR,
    ExportGone,
    ask_export,
    offered_until,
    open_export,
    state_of,
)
from cookies.access import READS_EVIDENCE
from cookies.admin.log import DECISION, record_action
from cookies.admin.pages import go_to, page_url, sent, show, site_page
from cookies.models import Site

ADD = "consent.add_export"
SHOWN = 30


@site_page("exports/", name="exports", sees=VIEW, writes=ADD, roles=READS_EVIDENCE)
def exports(request: HttpRequest, site: Site) -> HttpResponse:
    """Ask for an export, and see those that were asked for."""
    form = ExportForm(sent(request), site=site)
    if request.method == "POST" and form.is_valid():
        by, now = request.user.get_username(), timezone.now()
        try:
            ask_export(site=site, form=form.cleaned_data["format"], search=form.search, by=by, now=now)
        except ValidationError as error:
            form.refuse(error)
        else:
            record_action(request, site, "Asked for an export of the evidence.", flag=DECISION)
            messages.success(request, "The export is being written. It is offered below as soon as it is whole.")
            return go_to(site, "exports")
    now = timezone.now()
    rows = site.exports.select_related("progress").prefetch_related("taken")[:SHOWN]
    return show(
        request,
        site,
        "exports",
        title="Exports",
        tab="evidence",
        subpages=subpages(request, site, "exports"),
        form=form,
        rows=[_row(export, site, now) for export in rows],
        is_busy=any(export.finished_at is None for export in rows),
        most_at_once=MOST_AT_ONCE,
        days=OFFERED_FOR.days,
        back=page_url(site, "evidence"),
    )


@site_page(
    "exports/<int:number>/file/", name="export-file", sees=VIEW, writes=ADD, roles=READS_EVIDENCE, only_post=True
)
def export_file(request: HttpRequest, site: Site, number: int) -> HttpResponse:
    """The file. By POST, since it is written down who took it: no link, look or prefetch takes one."""
    export = get_object_or_404(site.exports, pk=number)
    try:
        path, file = open_export(export=export, by=request.user.get_username(), now=timezone.now())
    except ExportGone:
        messages.error(request, f"Export {number} is not there: it is not finished yet, or its time is over.")
        return go_to(site, "exports")
    record_action(request, site, f"Downloaded export {number} of the evidence.", flag=DECISION)
    form = FORMATS[export.format]
    response = FileResponse(file, as_attachment=True, filename=path.name, content_type=form.content_type)
    response["Cache-Control"] = "no-store"
    # A stream is an answer like any other to whoever asked; Django's types keep the two apart.
    return response  # type: ignore[return-value]


@site_page("exports/<int:number>/manifest.json", name="export-manifest", sees=VIEW, roles=READS_EVIDENCE)
def export_manifest(request: HttpRequest, site: Site, number: int) -> HttpResponse:
    """What an export holds. It stays when the file is gone."""
    export = get_object_or_404(site.exports, pk=number)
    if export.manifest is None:
        raise Http404("This export is not finished yet.")
    response = JsonResponse(export.manifest, json_dumps_params={"indent": 2})
    response["Content-Disposition"] = f'attachment; filename="{site.key}-{number}-manifest.json"'
    response["Cache-Control"] = "no-store"
    return response


def _row(export: Export, site: Site, now: datetime) -> dict[str, object]:
    is_ready = state_of(export, now) == "ready"
    return {
        "export": export,
        "words": search_words(export.search),
        "is_ready": is_ready,
        "until": offered_until(export),
        "percent": min(100, 100 * export.progress.written // max(1, export.progress.expected)),
        "file_url": page_url(site, "export-file", export.pk) if is_ready else "",
        "manifest_url": page_url(site, "export-manifest", export.pk) if export.finished_at else "",
    }


def search_words(search: dict[str, object]) -> str:
    """What was asked for, in a line."""
    actions = dict(ConsentEvent.Action.choices)
    words = {"first": "from", "last": "to", "action": "only", "version": "version", "regime": "law"}
    said = [f"{words[name]} {actions.get(str(value), value)}" for name, value in search.items() if name in words]
    return ", ".join(said) or "everything"

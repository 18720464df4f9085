"""The draft as visitors would meet it, saved or only typed, and the link that shows it on the website itself.

How it is kept from reaching and keeping anything: consent/delivery/preview.py.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin

from consent.delivery.preview import asked_for, preview_page, preview_response
from consent.forms import AppearanceForm
from consent.models import Notice
from consent.preview_links import OPEN_FOR_SECONDS, make_token
from consent.services.drafting import apply_appearance, apply_texts
from consent.services.publishing import draft_of, draft_payload, live_publication
from consent.texts_form import TextsForm, texts_form
from cookies.access import READS_DRAFT
from cookies.admin.languages import languages_of
from cookies.admin.log import DECISION, record_action
from cookies.admin.pages import page_url, show, site_page
from cookies.models import Site

VIEW = "consent.view_notice"


@site_page("preview/", name="preview", sees=VIEW, roles=READS_DRAFT)
@xframe_options_sameorigin
def preview(request: HttpRequest, site: Site) -> HttpResponse:
    """The saved draft, on a page of its own."""
    payload = draft_payload(site)
    return preview_response(request, payload, asked_for(request.GET, payload))


@site_page("preview/try/", name="preview-try", sees=VIEW, writes=VIEW, roles=READS_DRAFT, only_post=True)
def preview_try(request: HttpRequest, site: Site) -> HttpResponse:
    """What stands in a form at this moment, as a page for the frame beside it. Nothing of it is saved.

    JSON: `page`, or `errors` as a list of sentences in the words that saving would use.
    """
    notice = draft_of(site)[0]
    form = _tried(request, site, notice)
    if form is not None and form.errors:
        return JsonResponse({"errors": [f"{field.label}: {field.errors[0]}" for field in form.wrong_fields]})
    payload = draft_payload(site, notice=notice)
    return JsonResponse({"page": preview_page(request, payload, asked_for(request.POST, payload))})


def _tried(request: HttpRequest, site: Site, notice: Notice) -> AppearanceForm | TextsForm | None:
    """The form that was sent, with its errors; without any, the notice holds what it says."""
    form: AppearanceForm | TextsForm
    try:
        if request.POST.get("part") == "look":
            form = AppearanceForm(request.POST, notice=notice)
            if form.is_valid():
                apply_appearance(notice=notice, **form.cleaned_data)
        elif request.POST.get("part") == "texts":
            asked = request.POST.get("edited", "")
            language = asked if asked in languages_of(site) else site.default_language
            form = texts_form(request.POST, site=site, language=language, only_sent=True)
            if form.is_valid():
                apply_texts(notice=notice, language=language, texts=form.cleaned_data)
        else:
            return None
    except ValidationError as error:
        form.refuse(error)
    return form


@site_page("preview/link/", name="preview-link", sees=VIEW, writes=VIEW, roles=READS_DRAFT)
def preview_link(request: HttpRequest, site: Site) -> HttpResponse:
    """A link that shows the draft on the website itself, for an hour, to whoever has it."""
    fragment = ""
    if request.method == "POST":
        fragment = f"#sayso=preview.{make_token(site.key)}"
        record_action(request, site, "Made a preview link. It works for an hour.", flag=DECISION)
    addresses = [f"{domain}/" for domain in site.domains if "*" not in domain]
    return show(
        request,
        site,
        "preview_link",
        title="Preview on the website",
        tab="texts",
        fragment=fragment,
        links=[f"{address}{fragment}" for address in addresses],
        minutes=OPEN_FOR_SECONDS // 60,
        is_live=live_publication(site, now=timezone.now()) is not None,
        back=page_url(site, "texts"),
    )

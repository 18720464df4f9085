"""What visitors read and see: texts per language, the look of the banner, the languages on offer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from consent.forms import AppearanceForm, LanguagesForm
from consent.regime_words import place_name
from consent.services.drafting import save_appearance, save_languages, save_texts, texts_behind
from consent.services.publishing import draft_of, draft_payload
from consent.texts_form import opened_with, texts_form
from cookies.access import EDITS, READS_DRAFT
from cookies.admin.languages import language_name, languages_of, offered_languages
from cookies.admin.log import record_action
from cookies.admin.pages import go_to, page_url, sent, show, site_page
from cookies.models import Site

VIEW, CHANGE = "consent.view_notice", "consent.change_notice"


@site_page(
    "texts/",
    name="texts",
    sees=VIEW,
    writes=CHANGE,
    roles=READS_DRAFT,
    writers=EDITS,
    tab="Banner & texts",
    position=40,
)
def texts(request: HttpRequest, site: Site) -> HttpResponse:
    """The words, one language at a time, beside those of the website's own language."""
    languages = languages_of(site)
    language = request.GET.get("language", "")
    if language not in languages:
        language = languages[0]
    only_behind = request.GET.get("only") == "behind" and language != site.default_language
    form = texts_form(sent(request), site=site, language=language, only_behind=only_behind)
    if request.method == "POST" and form.is_valid():
        try:
            save_texts(
                site=site,
                language=language,
                texts=form.cleaned_data,
                opened=opened_with(request.POST),
                confirmed=form.confirmed(),
            )
        except ValidationError as error:
            form.refuse(error)
        else:
            record_action(request, site, f"Changed the texts in {language_name(language)}.")
            messages.success(request, "The texts are saved. Visitors read them once you publish.")
            query = f"?language={language}{'&only=behind' if only_behind else ''}"
            return HttpResponseRedirect(f"{page_url(site, 'texts')}{query}")
    notice, _ = draft_of(site)
    return _show(
        request,
        site,
        "texts",
        form,
        language=language,
        languages=[(code, language_name(code), len(texts_behind(notice, code))) for code in languages],
        opened=form.opened(current=notice.texts.get(language, {})),
        only_behind=only_behind,
        own_code=site.default_language,
        own_language=language_name(site.default_language).partition(" (")[0],
        is_own=language == site.default_language,
    )


@site_page("texts/look/", name="look", sees=VIEW, writes=CHANGE, roles=READS_DRAFT, writers=EDITS)
def look(request: HttpRequest, site: Site) -> HttpResponse:
    """Position, colours, corners. Both answers always look the same."""
    form = AppearanceForm(sent(request), notice=draft_of(site)[0])
    if request.method == "POST" and form.is_valid():
        try:
            save_appearance(site=site, opened=opened_with(request.POST), **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            record_action(request, site, "Changed the look of the banner.")
            messages.success(request, "The look is saved. Visitors see it once you publish.")
            return go_to(site, "look")
    return _show(request, site, "look", form, opened=form.opened())


@site_page("texts/languages/", name="languages", sees=VIEW, writes=CHANGE, roles=READS_DRAFT, writers=EDITS)
def languages(request: HttpRequest, site: Site) -> HttpResponse:
    """Which languages visitors may meet."""
    spoken = languages_of(site)
    offered = [(code, name) for code, name in offered_languages() if code != site.default_language]
    form = LanguagesForm(sent(request), offered=offered, initial={"languages": spoken})
    if request.method == "POST" and form.is_valid():
        try:
            save_languages(site=site, languages=form.cleaned_data["languages"])
        except ValidationError as error:
            form.refuse(error)
        else:
            chosen = ", ".join(language_name(code) for code in languages_of(site))
            record_action(request, site, f"Chose the languages: {chosen}.")
            messages.success(request, "The languages are saved. Visitors meet them once you publish.")
            return go_to(site, "languages")
    notice, _ = draft_of(site)
    return _show(
        request,
        site,
        "languages",
        form,
        own_language=language_name(site.default_language),
        behind=[
            (code, language_name(code), len(found))
            for code in languages_of(site)
            if (found := texts_behind(notice, code))
        ],
    )


def _show(request: HttpRequest, site: Site, active: str, form: object, **context: Any) -> HttpResponse:
    subpages = [("texts", "Texts"), ("look", "Look"), ("languages", "Languages")]
    language = context.get("language", site.default_language)
    return show(
        request,
        site,
        active,
        title="Banner & texts",
        tab="texts",
        form=form,
        subpages=[
            {"label": label, "url": page_url(site, name), "is_active": name == active} for name, label in subpages
        ],
        preview=_preview(site, active, language) if active != "languages" else None,
        **context,
    )


def _preview(site: Site, part: str, language: str) -> dict[str, Any]:
    """What the preview beside a form offers to look at."""
    rows = draft_payload(site)["regimes"]
    return {
        "part": part,
        "url": page_url(site, "preview"),
        "try_url": page_url(site, "preview-try"),
        "link_url": page_url(site, "preview-link"),
        "language": language,
        "languages": [(code, language_name(code)) for code in languages_of(site)],
        "places": [(row["code"], place_name(row)) for row in rows] if len(rows) > 1 else [],
    }

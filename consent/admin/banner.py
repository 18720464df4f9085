"""What visitors read and see: texts per language, the look of the banner, the languages on offer."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from consent.builtin_texts import builtin_texts
from consent.forms import AppearanceForm, LanguagesForm, TextsForm
from consent.services.drafting import save_appearance, save_languages, save_texts
from consent.services.publishing import draft_of
from cookies.admin.languages import language_name, languages_of, offered_languages
from cookies.admin.log import record_action
from cookies.admin.pages import go_to, page_url, sent, show, site_page
from cookies.models import Site

VIEW, CHANGE = "consent.view_notice", "consent.change_notice"


@site_page("texts/", name="texts", sees=VIEW, writes=CHANGE, tab="Banner & texts", position=40)
def texts(request: HttpRequest, site: Site) -> HttpResponse:
    """The words, one language at a time."""
    languages = languages_of(site)
    language = request.GET.get("language", "")
    if language not in languages:
        language = languages[0]
    notice, _ = draft_of(site)
    form = TextsForm(
        sent(request),
        language=language,
        builtin=builtin_texts(language),
        own=notice.texts.get(language, {}),
    )
    if request.method == "POST" and form.is_valid():
        try:
            save_texts(site=site, language=language, texts=form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            record_action(request, site, f"Changed the texts in {language_name(language)}.")
            messages.success(request, "The texts are saved. Visitors read them once you publish.")
            return HttpResponseRedirect(f"{page_url(site, 'texts')}?language={language}")
    return _show(request, site, "texts", form, language=language, languages=_named(languages))


@site_page("texts/look/", name="look", sees=VIEW, writes=CHANGE)
def look(request: HttpRequest, site: Site) -> HttpResponse:
    """Position, colours, corners. Both answers always look the same."""
    form = AppearanceForm(sent(request), notice=draft_of(site)[0])
    if request.method == "POST" and form.is_valid():
        try:
            save_appearance(site=site, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            record_action(request, site, "Changed the look of the banner.")
            messages.success(request, "The look is saved. Visitors see it once you publish.")
            return go_to(site, "look")
    return _show(request, site, "look", form)


@site_page("texts/languages/", name="languages", sees=VIEW, writes=CHANGE)
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
    return _show(request, site, "languages", form, own_language=language_name(site.default_language))


def _show(request: HttpRequest, site: Site, active: str, form: object, **context: object) -> HttpResponse:
    subpages = [("texts", "Texts"), ("look", "Look"), ("languages", "Languages")]
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
        preview_url=f"{page_url(site, 'preview')}?language={context.get('language', site.default_language)}",
        **context,
    )


def _named(codes: list[str]) -> list[tuple[str, str]]:
    return [(code, language_name(code)) for code in codes]

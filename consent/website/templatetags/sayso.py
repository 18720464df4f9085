"""{% load sayso %}: the embed line, the settings button, and content that waits for a yes."""

from __future__ import annotations

import logging
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from consent.builtin_texts import builtin_texts
from consent.pages.languages import choose_language
from consent.website.configuration import configured
from consent.website.once import warn_once
from consent.website.source import source_for

logger = logging.getLogger(__name__)
register = template.Library()
BUTTON_ATTRIBUTES = ("class", "id")


@register.simple_tag
def sayso_snippet(language: str = "", nonce: Any = "") -> SafeString:
    """The embed line in the page's language, or in the website's own where that one is not published."""
    configuration = configured()
    facts = source_for(configuration).facts
    # An address in a language that was not published is a 404: a page without a banner.
    published = choose_language(
        asked=language or get_language(), accepted="", offered=facts.languages if facts else (), default=""
    )
    with_nonce = format_html(' nonce="{}"', nonce) if nonce else ""
    return format_html('<script async{} src="{}"></script>', with_nonce, configuration.snippet_url(published))


@register.simple_tag
def sayso_settings_button(label: str = "", **attributes: str) -> SafeString:
    """A button that opens the preference centre. `class` and `id` are the website's."""
    if unknown := sorted(set(attributes) - set(BUTTON_ATTRIBUTES)):
        raise template.TemplateSyntaxError(
            f"sayso_settings_button takes a label, {' and '.join(BUTTON_ATTRIBUTES)}, but no {', '.join(unknown)}."
        )
    words = label or builtin_texts(get_language() or "en")["settings_button"]
    extra = format_html_join("", ' {}="{}"', attributes.items())
    return format_html('<button type="button" data-sayso="open"{}>{}</button>', extra, words)


@register.tag
def ifconsent(parser: Parser, token: Token) -> IfConsentNode:
    """{% ifconsent "performance" "google-analytics" %}…{% else %}…{% endifconsent %}; the partner may be left out."""
    name, *arguments = token.split_contents()
    if len(arguments) not in (1, 2):
        raise template.TemplateSyntaxError(f"{name} takes a category, and perhaps a partner.")
    category, *partner = (parser.compile_filter(argument) for argument in arguments)
    allowed = parser.parse(("else", "endifconsent"))
    otherwise = NodeList()
    if parser.next_token().contents == "else":
        otherwise = parser.parse(("endifconsent",))
        parser.delete_first_token()
    return IfConsentNode(category, partner[0] if partner else None, allowed, otherwise)


class IfConsentNode(template.Node):
    child_nodelists = ("allowed", "otherwise")

    def __init__(
        self, category: FilterExpression, partner: FilterExpression | None, allowed: NodeList, otherwise: NodeList
    ) -> None:
        self.category, self.partner = category, partner
        self.allowed, self.otherwise = allowed, otherwise

    def render(self, context: template.Context) -> SafeString:
        return (self.allowed if self._is_allowed(context) else self.otherwise).render(context)

    def _is_allowed(self, context: template.Context) -> bool:
        consent = getattr(context.get("request"), "consent", None)
        if consent is None:
            # An error page is rendered without a request: it must not fail over this.
            warn_once(
                logger,
                "Sayso: {% ifconsent %} found no request.consent, so nothing is allowed there. It needs "
                "ConsentMiddleware and the context processor django.template.context_processors.request.",
            )
            return False
        partner = (self.partner.resolve(context) or "") if self.partner else None
        granted: bool = consent.allows(self.category.resolve(context), partner)
        return granted

"""Django's own admin log, kept per website and in plain sentences: who did what, and when."""

from __future__ import annotations

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest

from cookies.models import Site, Token

__all__ = [
    "ADDITION",
    "CHANGE",
    "DECISION",
    "DELETION",
    "actions_on",
    "last_editor",
    "record_action",
    "record_token_action",
]

# Beside Django's own: a person decided something about the draft, and left the draft as it was.
DECISION = 4


def record_action(request: HttpRequest, site: Site, sentence: str, *, flag: int = CHANGE) -> None:
    """Write down what the person behind the request just did."""
    assert request.user.pk is not None
    _record(request.user.pk, site, sentence, flag)


def record_token_action(token: Token, sentence: str, *, flag: int = CHANGE) -> None:
    """Write down what a program just did. It acts for whoever made its token: so four eyes stay four."""
    _record(token.made_by_id, token.site, f"{token.name} (token): {sentence}", flag)


def _record(user_id: int, site: Site, sentence: str, flag: int) -> None:
    LogEntry.objects.log_actions(
        user_id=user_id,
        queryset=[site],
        action_flag=flag,
        change_message=sentence,
        single_object=True,
    )


def actions_on(site: Site) -> QuerySet[LogEntry]:
    """What was done on a website, newest first."""
    return (
        LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Site), object_id=str(site.pk))
        .select_related("user")
        .order_by("-action_time", "-id")
    )


def last_editor(site: Site) -> str:
    """The user name of whoever changed something on a website last; empty where nobody did."""
    newest = actions_on(site).exclude(action_flag=DECISION).first()
    return newest.user.get_username() if newest else ""

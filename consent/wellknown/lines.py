"""What a website serves under its own name: the two files, and the lines of nginx. Pure.

The lines know less than the decision does: not where a visitor is, nor what was published since an answer. Where they
can't know, they say the greater thing: T or C where it may be N, never N where something may run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from consent.decisions import DecidingRegime
from consent.tracking_status import (
    DISREGARDING,
    DYNAMIC,
    MEDIA_TYPE,
    NOT_TRACKING,
    TRACKING,
    TrackingStatus,
    depends_on_visitor,
    gpc_support,
)

# A consent cookie up to its categories, and from there to its signals (consent/consent_cookie.py).
_BEFORE = r"^1\.[0-9a-f]{12}\.[0-9a-z]{1,8}\."
_BETWEEN = r"\.[A-Za-z0-9_-]{22}\.[a-z0-9-]{1,32}~"
# All of it, between its ends.
_COOKIE = _BEFORE.removeprefix("^") + r"(-|(?=[pft])p?f?t?)" + _BETWEEN + r"g?d?(\.[a-z0-9*!~-]+)?"
UP_TO_400_DAYS = "[1-9][0-9]{0,6}|[12][0-9]{7}|3[0-3][0-9]{6}|34[0-4][0-9]{5}|345[0-5][0-9]{4}|34560000"


def site_wide_value(dnt_policy: str) -> str:
    """What one file can say to every visitor: D, or that each answer says it by itself."""
    return DYNAMIC if depends_on_visitor(dnt_policy) else DISREGARDING


def status_file(status: TrackingStatus) -> str:
    return json.dumps(status.as_dict(), indent=2) + "\n"


def gpc_file(since: str) -> str:
    return json.dumps(gpc_support(since)) + "\n"


def passing_lines(*, key: str, platform: str) -> str:
    """Inside the `server` block: the platform answers under the website's name, with the cookie before it."""
    return f"""\
location = /.well-known/dnt/ {{
    proxy_pass {platform}/.well-known/dnt/{key};
    proxy_ssl_server_name on;
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_hide_header Tk;
    add_header Tk {NOT_TRACKING} always;
}}
"""


def file_lines(status: TrackingStatus, since: str) -> str:
    """Inside the `server` block: the two files, and `Tk` on every answer but theirs. Needs `value_lines` unless the
    website disregards the preference."""
    value = "$sayso_tk" if status.tracking == DYNAMIC else status.tracking
    return f"""\
add_header Tk {value} always;
{_location("dnt/", MEDIA_TYPE, json.dumps(status.as_dict()))}{gpc_lines(since)}"""


def gpc_lines(since: str) -> str:
    return _location("gpc.json", "application/json", json.dumps(gpc_support(since)))


def keep_map_lines(*, cookie_domain: str, is_secure: bool) -> str:
    """Inside the `http` block: the consent cookie that came with a request, as it is set once more; nothing for what
    is none. 400 days at most."""
    attributes = "; Path=/; SameSite=Lax; Max-Age=$sayso_seconds"
    attributes += f"; Domain={cookie_domain}" if cookie_domain else ""
    attributes += "; Secure" if is_secure else ""
    return f"""\
map "$http_sayso_keep $cookie_sayso" $sayso_keep {{
    default "";
    "~^(?<sayso_seconds>{UP_TO_400_DAYS}) (?<sayso_value>{_COOKIE})$" "sayso=$sayso_value{attributes}";
}}
"""


def keep_location_lines(path: str) -> str:
    """Inside the `server` block: the address that sets it."""
    return f"""\
location = {path} {{
    if ($request_method != POST) {{
        return 405;
    }}
    if ($http_sec_fetch_site !~ "^(same-origin)?$") {{
        return 403;
    }}
    if ($sayso_keep = "") {{
        return 400;
    }}
    add_header Set-Cookie $sayso_keep;
    add_header Cache-Control no-store;
    return 204;
}}
"""


def _location(name: str, media_type: str, body: str) -> str:
    # A header in a location replaces those of the server around it: nobody is tracked by asking for a status.
    return f"""\
location = /.well-known/{name} {{
    default_type {media_type};
    add_header Cache-Control "public, max-age=86400" always;
    add_header Tk {NOT_TRACKING} always;
    return 200 '{body}';
}}
"""


def value_lines(regimes: Iterable[DecidingRegime], *, runs_unasked: bool) -> str:
    """Inside the `http` block: the value of `Tk` from the consent cookie and the two signals of a request.

    C: a yes to something, given under every signal that is sent now. N: a no to everything. Anything else is what runs
    without an answer. `runs_unasked`: a partner's tag loads itself, whatever was decided; then T stands for all.
    """
    if runs_unasked:
        return f'map "" $sayso_tk {{\n    default {TRACKING};\n}}\n'
    return f"""\
map $cookie_sayso $sayso_answer {{
    default "";
    "~{_BEFORE}-{_BETWEEN}g?d?(\\.![a-z0-9!~-]+)?$" "no";
    "~{_BEFORE}(-|(?=[pft])p?f?t?){_BETWEEN}(?<sayso_given>g?d?)(\\.[a-z0-9*!~-]+)?$" "yes~$sayso_given";
}}
map $http_dnt $sayso_dnt {{
    default "";
    "~(^|,)[ \\t]*1" d;
}}
map $http_sec_gpc $sayso_gpc {{
    default "";
    "~(^|,)[ \\t]*1[ \\t]*(,|$)" g;
}}
map "$sayso_gpc$sayso_dnt $sayso_answer" $sayso_tk {{
    default {_without_answer(regimes)};
    "~ no$" {NOT_TRACKING};
    "~^( yes~|g yes~g|d yes~g?d$|gd yes~gd$)" C;
}}
"""


def _without_answer(regimes: Iterable[DecidingRegime]) -> str:
    """N only where nothing is on by default and a signal switches everything off, wherever the visitor may be."""
    is_strict = all(not any(row.defaults.values()) and row.reach == "all" for row in regimes)
    return NOT_TRACKING if is_strict else TRACKING

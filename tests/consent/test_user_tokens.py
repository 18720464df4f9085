"""The token of a signed-in visitor: ours, others' libraries', and everything that is none."""

from __future__ import annotations

import base64
import hmac
import json
import re
import subprocess
import time
import types
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.user_tokens import LONGEST, TokenRefused, subject_of
from tests.node import node_command

GUIDE = Path(__file__).parents[2] / "docs" / "user-links.md"
SECRET, NOW = "sayso_ul_secret", 1_795_921_200
CLAIMS: dict[str, Any] = {"sub": "user 42", "site": "numonix", "exp": NOW + 300}


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def token(
    claims: Any = None, *, header: Any = None, secret: str = SECRET, digest: str = "sha256", **changes: Any
) -> str:
    said = {**CLAIMS, **changes} if claims is None else claims
    signed = f"{part({'alg': 'HS256', 'typ': 'JWT'} if header is None else header)}.{part(said)}"
    return f"{signed}.{part(hmac.new(secret.encode(), signed.encode(), digest).digest())}"


def read(text: str, now: int = NOW) -> str:
    return subject_of(text, secret=SECRET, site_key="numonix", now=now)


def test_token_names_the_user() -> None:
    assert read(token()) == "user 42"
    assert read(token(sub="björn@example.com", exp=NOW + 3600)) == "björn@example.com"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "token_malformed"),
        ("a.b", "token_malformed"),
        ("a.b.c.d", "token_malformed"),
        ("not a token", "token_malformed"),
        (token(claims=["sub"]), "token_malformed"),
        (token(header=b"{"), "token_malformed"),
        (token(header={"alg": "none"}).rpartition(".")[0] + ".", "token_algorithm"),
        (token(header={"alg": "None"}), "token_algorithm"),
        (token(header={"alg": "HS512"}, digest="sha512"), "token_algorithm"),
        (token(header={"alg": "RS256"}), "token_algorithm"),
        (token(header={"typ": "JWT"}), "token_algorithm"),
        (token(header={"alg": "HS256", "crit": ["b64"]}), "token_algorithm"),
        (token().rpartition(".")[0] + ".", "token_signature"),
        (token(secret="another"), "token_signature"),
        (token(secret="another", site="elsewhere"), "token_signature"),
        (token(site="elsewhere"), "token_of_another_site"),
        (token(claims={"sub": "a", "exp": NOW + 1}), "token_of_another_site"),
        (token(exp=NOW - 61), "token_expired"),
        (token(exp=NOW + 3661), "token_too_long"),
        (token(exp=None), "token_malformed"),
        (token(exp=True), "token_malformed"),
        (token(exp=str(NOW + 1)), "token_malformed"),
        (token(sub=""), "token_malformed"),
        (token(sub=42), "token_malformed"),
        (token(sub="a" * 257), "token_malformed"),
        (token(claims={**CLAIMS, "more": "a" * LONGEST}), "token_too_large"),
        ("a" * (LONGEST + 1), "token_too_large"),
        (f"{part(b'[' * 1000)}.{part({})}.", "token_malformed"),
    ],
)
def test_what_is_no_token_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(TokenRefused) as refused:
        read(text)
    assert refused.value.code == code


def test_clocks_may_differ_by_a_minute() -> None:
    assert read(token(exp=NOW - 59)) == "user 42"
    assert read(token(exp=NOW + 3659)) == "user 42"


@given(st.integers(0, len(token()) - 1), st.sampled_from("abcXYZ019-_."))
def test_token_with_another_letter_names_nobody_else(at: int, letter: str) -> None:
    """The last letter of base64url has bits that mean nothing: the same bytes are the same signature."""
    changed = token()[:at] + letter + token()[at + 1 :]
    try:
        assert read(changed) == "user 42"
    except TokenRefused:
        return
    assert changed.rpartition(".")[0] == token().rpartition(".")[0]


@given(st.text(max_size=200))
def test_no_text_does_more_than_being_refused(text: str) -> None:
    with pytest.raises(TokenRefused):
        read(text)


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def test_examples_of_the_guide_make_tokens(tmp_path: Path) -> None:
    guide = types.ModuleType("guide")
    exec(block("python"), guide.__dict__)
    assert read(guide.make_token(SECRET, "numonix", "ü 42"), int(time.time())) == "ü 42"
    (tmp_path / "guide.mjs").write_text(
        f'{block("js")}\nconsole.log(makeToken("{SECRET}", "numonix", "ü 42"));\n', encoding="utf-8"
    )
    made = subprocess.run([*node_command(), str(tmp_path / "guide.mjs")], capture_output=True, text=True, check=True)
    assert read(made.stdout.strip(), int(time.time())) == "ü 42"

"""What headers say, and what they do not."""

import pytest

from consent.devices import device_class
from consent.privacy_signals import Signals, read_signals


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, Signals()),
        ({"DNT": "1"}, Signals(dnt=True)),
        ({"DNT": "1xyz"}, Signals(dnt=True)),
        ({"DNT": "0"}, Signals()),
        ({"DNT": "yes"}, Signals()),
        ({"DNT": ""}, Signals()),
        ({"Sec-GPC": "1"}, Signals(gpc=True)),
        ({"Sec-GPC": "true"}, Signals()),
        # Sent twice, a header arrives as one: a visitor who refuses twice has not refused less.
        ({"Sec-GPC": "1, 1"}, Signals(gpc=True)),
        ({"Sec-GPC": "1,0"}, Signals(gpc=True)),
        ({"Sec-GPC": "11"}, Signals()),
        ({"DNT": "11"}, Signals(dnt=True)),
        ({"DNT": "0, 1"}, Signals(dnt=True)),
        ({"DNT": "0, 0"}, Signals()),
        ({"DNT": "1", "Sec-GPC": "1"}, Signals(dnt=True, gpc=True)),
    ],
)
def test_headers_are_read_as_their_standards_say(headers: dict[str, str], expected: Signals) -> None:
    assert read_signals(headers) == expected


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148", "phone"),
        ("Mozilla/5.0 (Linux; Android 15; Pixel 9) Mobile Safari/537.36", "phone"),
        ("Mozilla/5.0 (Linux; Android 15; SM-X910) Safari/537.36", "tablet"),
        ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X)", "tablet"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/156", "desktop"),
        ("curl/8.0", "other"),
        ("", "other"),
    ],
)
def test_device_class_is_coarse(agent: str, expected: str) -> None:
    assert device_class(agent) == expected

"""Where Firefox or WebKit is missing: left out and said so, or a failure where it was demanded."""

from __future__ import annotations

import pytest

from tools import engines


@pytest.fixture(autouse=True)
def empty_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No browser, and no apt-get to get one."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(engines, "FIREFOX_ON_MACOS", "/nowhere")
    for name in ("ENGINES", "FIREFOX"):
        monkeypatch.delenv(name, raising=False)


def test_missing_engines_are_left_out_and_named_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    assert engines.main([]) == 0
    assert engines.present() == []
    assert capsys.readouterr().err == ""
    assert engines.main(["--left-out"]) == 0
    said = capsys.readouterr().err
    assert "NOT TESTED: the main paths in firefox and webkit." in said
    assert "firefox-esr webkit2gtk-driver xvfb" in said


def test_engine_that_is_demanded_must_be_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENGINES", "webkit")
    assert engines.main([]) == 1
    assert "webkit" in capsys.readouterr().err
    # Its tests are not left out: they fail.
    assert engines.present() == ["webkit"]


def test_engine_that_nobody_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGINES", "netscape")
    with pytest.raises(SystemExit, match="netscape"):
        engines.wanted()

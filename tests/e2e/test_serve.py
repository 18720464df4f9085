"""The one command as a person meets it: it says where everything is, stops on Ctrl-C, and survives a kill."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.e2e.server import Server
from tests.e2e.third_parties import ThirdParties


@pytest.fixture
def own_server(tmp_path: Path) -> Server:
    return Server(tmp_path)


def test_serve_says_where_everything_is_and_stops_on_ctrl_c(own_server: Server) -> None:
    own_server.start()
    said = own_server.log.read_text()
    assert f"platform: {own_server.platform}\n" in said
    assert f"website: {own_server.website}/demo/" in said
    assert re.search(rf"admin: {own_server.platform}/admin/ \(first login: name admin, password \S+\)", said)
    assert own_server.process
    group = own_server.process.pid
    assert own_server.interrupt() in (0, 130)
    assert own_server.log.read_text() == said
    assert processes_of_group(group) == []


def test_serve_keeps_what_it_has_when_it_was_killed(own_server: Server) -> None:
    own_server.start()
    websites = own_server.rows("SELECT key FROM cookies_site")
    assert websites
    own_server.kill()
    assert not own_server.answers()
    first = own_server.log.read_text()
    own_server.start()
    assert own_server.rows("SELECT key FROM cookies_site") == websites
    # There is an administrator already, so no second password is made or shown.
    assert "password" not in own_server.log.read_text().removeprefix(first)
    own_server.kill()


def test_pages_reach_only_stand_ins(page: Page, website: str, third_party: ThirdParties) -> None:
    page.goto(f"{website}/demo/")
    assert third_party.hosts == set()
    page.evaluate(
        """async () => {
            const script = Object.assign(document.createElement("script"), {src: "https://connect.facebook.net/x.js"});
            await new Promise((done) => { script.onload = done; document.body.append(script); });
            await fetch("https://collect.example/hit", {method: "POST", body: "v=1"});
        }"""
    )
    assert third_party.hosts == {"connect.facebook.net", "collect.example"}
    assert [(sent.method, sent.body) for sent in third_party.to("collect.example")] == [("POST", "v=1")]
    assert page.evaluate("window.ran") == ["connect.facebook.net/x.js"]
    assert "_fbp" in {cookie.get("name") for cookie in page.context.cookies()}


def processes_of_group(group: int) -> list[int]:
    listed = subprocess.run(["ps", "-A", "-o", "pgid=,pid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = (line.split() for line in listed.splitlines())
    return [int(pid) for pgid, pid, state in rows if int(pgid) == group and not state.startswith("Z")]

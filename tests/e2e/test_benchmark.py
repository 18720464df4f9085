"""The benchmark's own page works for our candidate, and every figure is seen and named. No time is tested."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.client.figures import NUMBERS, TRUTHS
from benchmarks.client.website import IN_ORDER

ROOT = Path(__file__).resolve().parents[2]


def test_quick_run_of_ours_measures_and_prints_every_figure(tmp_path: Path) -> None:
    # A process of its own: it drives a browser of its own.
    command = [
        sys.executable,
        "-m",
        "benchmarks.client",
        "--quick",
        "--fast",
        "--only",
        "sayso,least",
        "--results",
        str(tmp_path),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Not measured" not in done.stdout, done.stdout
    assert [figure.title for figure in (*NUMBERS, *TRUTHS) if figure.title not in done.stdout] == []
    [result] = tmp_path.iterdir()
    runs = json.loads(result.read_text(encoding="utf-8"))["runs"]
    ours = runs["sayso"]
    assert [figure.key for figure in (*NUMBERS, *TRUTHS) if not ours.get(figure.key)] == []
    assert ours["ran"] == [IN_ORDER]
    # What ours is compared with does what it is there for: it stands, and starts every tag.
    assert sorted(runs["least"]["ran"][0]) == sorted(IN_ORDER)

"""`python -m benchmarks.client`: measures, prints the table, and keeps what every run saw in var/benchmarks/."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Error

from benchmarks.client import candidates, checks
from benchmarks.client.browser import (
    Chromium,
    NotShown,
    Values,
    chromium,
    first_visit,
    preferences_visit,
    refused_visit,
    unslowed_visit,
)
from benchmarks.client.candidates import LEAST, NOBODY, OURS, Candidate
from benchmarks.client.figures import aligned, table
from benchmarks.client.server import Bench
from benchmarks.client.website import with_managed_tags

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
RESULTS = ROOT / "var" / "benchmarks"
RUNS, QUICK_RUNS = 3, 1

Seen = dict[str, dict[str, list[Any]]]


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    wanted = options.only.split(",") if options.only else []
    with _bench() as bench:
        everybody = [
            candidates.nobody(),
            candidates.least(bench.origin),
            *_peers(wanted),
            candidates.ours(bench.origin),
        ]
        chosen = [who for who in everybody if not wanted or who.name in (*wanted, NOBODY)]
        bench.candidates |= {who.name: who for who in chosen}
        seen: Seen = {who.name: defaultdict(list) for who in chosen}
        reasons: list[str] = []
        load_before = os.getloadavg()[0]
        with chromium(bench, is_phone=not options.fast) as browser:
            for number in range(options.runs or (QUICK_RUNS if options.quick else RUNS)):
                # Each round begins with somebody else, so that nobody always follows the same.
                for who in [*chosen[number % len(chosen) :], *chosen[: number % len(chosen)]]:
                    _note(f"round {number + 1}: {who.name}")
                    _measure(browser, who, seen[who.name], reasons)
            for who in chosen:
                if who.name not in (NOBODY, LEAST):
                    _note(f"what holds: {who.name}")
                    _check(browser, who, seen[who.name], reasons, everywhere=not options.quick)
            version = browser.version
        _print(seen, chosen, reasons, version=version, load=(load_before, os.getloadavg()[0]), origin=bench.origin)
        _keep(options.results, seen, chosen, reasons, version=version)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.client", description=__doc__)
    parser.add_argument("--runs", type=int, help=f"visits of each kind per candidate (usually {RUNS})")
    parser.add_argument("--quick", action="store_true", help="one run, and axe on a light phone only")
    parser.add_argument(
        "--fast", action="store_true", help="this machine as it is: to try the benchmark, not to measure"
    )
    parser.add_argument("--only", help="names, separated by commas: sayso, klaro, …")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the folder for what every run saw")
    return parser.parse_args(arguments)


@contextmanager
def _bench() -> Iterator[Bench]:
    bench = Bench({})
    try:
        yield bench
    finally:
        bench.close()


def _peers(wanted: Sequence[str]) -> list[Candidate]:
    """Fetched from npm when somebody asks for one of them, and at no other time."""
    if wanted and set(wanted) <= {OURS, LEAST}:
        return []
    lock, installed = HERE / "package-lock.json", HERE / "node_modules" / ".installed-lock"
    if not installed.exists() or installed.read_bytes() != lock.read_bytes():
        _note("fetching the peers from npm")
        npm = ["sh", str(ROOT / "tools" / "npm.sh"), "--prefix", str(HERE)]
        subprocess.run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], check=True)
        subprocess.run([*npm, "run", "--silent", "bundle"], check=True)
        installed.write_bytes(lock.read_bytes())
    return [make() for make in candidates.peers()]


def _measure(browser: Chromium, who: Candidate, seen: dict[str, list[Any]], reasons: list[str]) -> None:
    is_page_alone = who.name == NOBODY
    try:
        values = first_visit(browser, who, has_banner=not is_page_alone)
        if not is_page_alone:
            values |= unslowed_visit(browser, who)
        if who.name not in (NOBODY, LEAST):
            values |= refused_visit(browser, who) | preferences_visit(browser, who, tap=False)
            values["usable_by_tap"] = preferences_visit(browser, who, tap=True)["usable_by_tap"]
    except (NotShown, Error) as error:
        reasons.append(f"{who.name}: {str(error).splitlines()[0]}")
        return
    if ran := values.pop("ran", None):
        values |= {"once": checks.ran_once(ran), "order": checks.ran_in_order(ran), "ran": ran}
    for key, value in values.items():
        seen[key].append(value)


def _check(
    browser: Chromium, who: Candidate, seen: dict[str, list[Any]], reasons: list[str], *, everywhere: bool
) -> None:
    found: Values = {}
    try:
        found |= checks.withdrawal(browser, who) | checks.reload_after_refusal(browser, who)
        found["reloads"] = {
            "on_accept": max(seen["reloads_on_accept"], default=0),
            "on_withdrawal": found["reloads_on_withdrawal"],
            "for_nothing": found["reloads_for_nothing"],
        }
        found |= {signal: checks.honours(browser, who, signal) for signal in checks.SIGNALS}
        found["csp"] = checks.under_policy(browser, who, "strict")
        found["types"] = checks.under_policy(browser, who, "types")
        found["axe"] = checks.accessibility(browser, who, everywhere=everywhere)
    except (NotShown, Error) as error:
        reasons.append(f"{who.name}: {str(error).splitlines()[0]}")
    for key, value in found.items():
        seen[key].append(value)


# --- Telling ---------------------------------------------------------------------------------------


def _print(
    seen: Seen,
    chosen: Sequence[Candidate],
    reasons: Sequence[str],
    *,
    version: str,
    load: tuple[float, float],
    origin: str,
) -> None:
    runs = max((len(values["lcp"]) for values in seen.values()), default=0)
    print(
        f"\nChromium {version}, {os.cpu_count()} cores, load {load[0]:.1f} before and {load[1]:.1f} after; "
        f"medians of {runs}.\nPhone: CPU four times slower, 150 ms, 1.6 Mbit/s, cold cache, brotli for everybody.\n"
    )
    print(aligned(table(seen)))
    print(f"\n{OURS} with the tags of three partners in its file as well: {with_managed_tags(origin):,} bytes.")
    for who in chosen:
        if who.version:
            print(f"{who.name} {who.version}. {who.aside}".strip())
    for reason in dict.fromkeys(reasons):
        print(f"Not measured: {reason}")
    for who in chosen:
        for found in seen[who.name].get("axe", ()):
            for state, rules in found.items():
                if rules:
                    print(f"axe, {who.name}, {state}: {', '.join(rules)}")


def _keep(folder: Path, seen: Seen, chosen: Sequence[Candidate], reasons: Sequence[str], *, version: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    path = folder / f"client-{now:%Y%m%d-%H%M%S}.json"
    result = {
        "at": now.isoformat(timespec="seconds"),
        "chromium": version,
        "versions": {who.name: who.version for who in chosen},
        "not_measured": list(reasons),
        "runs": seen,
        "table": table(seen),
    }
    path.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"\nEvery run: {path}")


_began = time.monotonic()


def _note(text: str) -> None:
    print(f"{time.monotonic() - _began:5.0f} s  {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

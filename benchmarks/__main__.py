"""``scripts/bench``: measures this build on this machine, in one run; every figure is the median of its rounds."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import gas, gateway, sealing, writes
from benchmarks.measures import Broken, Goal, Results
from benchmarks.report import kept, lines, machine
from benchmarks.world import Founded

ROUNDS = 5
WRITES_PER_SECOND = 1_000
TIMES_WEB3 = 10
POSTS_PER_SECOND = 300
SHARE_OF_TRIVIAL = 0.5


def main() -> int:
    """Measure, tell and keep; 1 when something broke, or with ``--strict`` when a goal was missed."""
    options = _options()
    about, results, began = machine(), Results(), time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="passavant-bench-") as directory:
            _measure(results, Path(directory), options.rounds, options.only or ["writes", "sealing", "gateway", "gas"])
    except Broken as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print("\n".join(lines(results, about)))
    kept(results, about, options.json)
    print(f"\n{time.monotonic() - began:.0f} s; every sample is in {options.json}")
    return int(options.strict and bool(results.missed))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__, epilog="Example: scripts/bench --only gas")
    parser.add_argument("--only", nargs="+", choices=("writes", "sealing", "gateway", "gas"), help="these alone")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="rounds of each measurement (%(default)s)")
    parser.add_argument("--json", type=Path, default=Path(".cache/benchmarks.json"), help="file (%(default)s)")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a goal is missed")
    return parser.parse_args()


def _measure(results: Results, directory: Path, rounds: int, wanted: list[str]) -> None:
    founded = Founded(directory)
    if "writes" in wanted:
        _writes(results, founded, rounds)
    if "sealing" in wanted:
        _sealing(results, founded, rounds)
    if "gateway" in wanted:
        _gateway(results, founded, directory, rounds)
    if "gas" in wanted:
        results.gas = gas.measure(founded)


def _writes(results: Results, founded: Founded, rounds: int) -> None:
    found = writes.measure(founded, rounds)
    results.comparisons.append(found)
    results.goals += [
        Goal("signed declarations from client to final", found.ours, WRITES_PER_SECOND, "/s"),
        Goal("... against web3.py transact and wait", found.ratios, TIMES_WEB3, " x", ",.1f"),
    ]


def _sealing(results: Results, founded: Founded, rounds: int) -> None:
    found = sealing.measure(founded, rounds)
    results.others["payloads committed to and sealed for three readers (/s)"] = found.sealed
    results.others["... and kept with their wraps, in groups of 100 (/s)"] = found.kept


def _gateway(results: Results, founded: Founded, directory: Path, rounds: int) -> None:
    found = gateway.measure(founded, directory, rounds)
    results.comparisons.append(found.status)
    results.goals += [
        Goal("single posts through the gateway, none lost", found.posts, POSTS_PER_SECOND, "/s"),
        Goal("GET status against a trivial FastAPI endpoint", found.status.ratios, SHARE_OF_TRIVIAL, " x", ",.2f"),
    ]
    results.others["posts through the gateway, until final (/s)"] = found.finals
    results.others["a post's answer, 99th percentile (s)"] = found.p99


if __name__ == "__main__":
    sys.exit(main())

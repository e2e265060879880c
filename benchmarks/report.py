"""What is printed, and what is kept as JSON."""

import json
import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.gas import EAS_ATTEST, EAS_MULTI_ATTEST
from benchmarks.measures import Results

PACKAGES = ("coincurve", "fastapi", "sqlalchemy", "uvicorn", "web3")


def machine() -> dict[str, Any]:
    """Where and when."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "machine": platform.machine(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": [round(one, 2) for one in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in PACKAGES},
    }


def kept(results: Results, about: dict[str, Any], file: Path) -> None:
    """Write everything, every sample with it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    content = {**about, **asdict(results), "missed": [goal.name for goal in results.missed]}
    file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def lines(results: Results, about: dict[str, Any]) -> Iterator[str]:
    """The tables."""
    yield f"{about['date']}, {about['cores']} x {about['processor']}, load {about['load'][0]}, Python {about['python']}"
    yield ""
    yield f"{'goal':58}{'median':>12}{'least':>10}   {'of all samples'}"
    for goal in results.goals:
        verdict = "pass" if goal.reached else "MISS"
        shown, least = f"{goal.value:{goal.format}}{goal.unit}", f"{goal.least:{goal.format}}{goal.unit}"
        yield f"{goal.name:58}{shown:>12}{least:>10}   {_spread(goal.samples, goal.format)}  {verdict}"
    yield ""
    for comparison in results.comparisons:
        yield f"{comparison.name}: {median(comparison.ours):,.0f}/s; {_spread(comparison.ours)}"
        yield f"  {comparison.against}: {median(comparison.theirs):,.0f}/s; {_spread(comparison.theirs)}"
    for name, samples in results.others.items():
        yield f"{name}: {median(samples):,.4g}; {_spread(samples, ',.4g')}"
    if results.gas:
        yield ""
        yield from _gas(results)


def _gas(results: Results) -> Iterator[str]:
    yield f"{'gas of a record':48}{'gas':>10}{'of EAS attest':>16}"
    for name, gas in results.gas.items():
        yield f"{name:48}{gas:>10,}{gas / EAS_ATTEST:>16.0%}"
    for name, gas in (("EAS attest", EAS_ATTEST), ("EAS multiAttest, each of 100", EAS_MULTI_ATTEST)):
        yield f"{name:48}{gas:>10,}{gas / EAS_ATTEST:>16.0%}"


def _spread(samples: Sequence[float], form: str = ",.0f") -> str:
    return f"{min(samples):{form}} to {max(samples):{form}}"


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or "unknown"
    names = (line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name"))
    return next(names, "unknown")

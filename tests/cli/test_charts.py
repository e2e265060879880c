from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from ledger.cli.charts import days_per_column, part_of, write_chart
from ledger.cli.simulating import simulation_text
from ledger.domain.codes import ControlMethod, ControlOutcome, Outcome, Risk
from ledger.domain.inspections import Effect, Ground, Inspection, savings
from ledger.domain.proposals import Period
from ledger.domain.wire import ConsignmentId, DeclarationId, Digest

START = 1_767_225_600
DAY = 86_400
FR, GB = 250, 826
NONE, MINOR, MAJOR = list(ControlOutcome)[:3]
COLOURS = ("#009e73", "#e69f00", "#d55e00", "#56b4e9", "#7a8490", "#c9ced4")


def inspection(effect: Effect, outcome: ControlOutcome = NONE, day: float = 0, **values: object) -> Inspection:
    filled: dict[str, object] = {
        "digest": Digest(bytes(32)),
        "declaration": DeclarationId(bytes(32)),
        "consignment": ConsignmentId(bytes(32)),
        "administration": FR,
        "partner": GB,
        "method": ControlMethod.PHYSICAL,
        "risk": Risk.SECURITY,
        "reason": None if effect is Effect.WAIVED else Outcome.CONTROL_EXPIRED,
        "seconds": 3 * 3_600 if effect is Effect.WAIVED else None,
    }
    at = START + int(day * DAY)
    return Inspection(effect=effect, outcome=outcome, carried_out_at=at, **filled | values)  # type: ignore[arg-type]


def year(seed: int = 1) -> list[Inspection]:
    """Inspections of both directions over a year."""
    random = Random(seed)
    found = []
    for _ in range(900):
        side = random.choice([(FR, GB), (FR, GB), (GB, FR)])
        effect = random.choices(list(Effect), [6, 1, 1, 4])[0]
        outcome = random.choices([NONE, MINOR, MAJOR], [20, 3, 1])[0]
        reason = {} if random.random() < 0.7 else {"reason": Ground.NO_EARLIER_CONTROL}
        day = random.triangular(0, 364, 300)
        parties = {"administration": side[0], "partner": side[1]}
        found.append(inspection(effect, outcome, day, **parties, **(reason if effect is Effect.KEPT else {})))
    return found


def drawn(path: Path, found: list[Inspection], period: Period) -> None:
    sums = [savings(found, FR, GB), savings(found, GB, FR)]
    write_chart(path, found, sums, period, {FR: "Douane (France)", GB: "HM Customs (United Kingdom)"}.__getitem__)


def test_a_chart_tells_its_sums_and_its_columns_stand_on_the_axis(tmp_path):
    found = year()
    drawn(tmp_path / "chart.svg", found, Period(START, START + 365 * DAY))
    root = ET.parse(tmp_path / "chart.svg").getroot()
    texts = [str(one.text) for one in root.iter() if one.tag.endswith("text")]
    waived = sum(one.is_waived and one.administration == FR for one in found)
    assert f"{waived} of {sum(one.administration == FR for one in found)} inspections waived" in " ".join(texts)
    assert {"Douane (France), relying on HM Customs (United Kingdom)", "2026-01-01"} <= set(texts)
    bars = [box for box in map(rectangle, root) if box and box["fill"] in COLOURS and box["height"] != 12]
    assert all(box["x"] >= 56 and box["x"] + box["width"] <= 876 for box in bars)
    assert all(box["y"] % 350 >= 92 and box["y"] % 350 + box["height"] <= 262.1 for box in bars)
    areas = sum(box["height"] for box in bars if box["fill"] == COLOURS[0])
    assert areas > 0


def rectangle(element: ET.Element) -> dict[str, Any]:
    """The numbers and the colour of a box; nothing of what is none, or is the paper."""
    numbers = {name: float(element.get(name, "nan")) for name in ("x", "y", "width", "height")}
    return {**numbers, "fill": element.get("fill")} if element.tag.endswith("rect") else {}


def test_a_png_shows_the_same_colours_without_any_font_installed(tmp_path):
    drawn(tmp_path / "chart.PNG", year(), Period(START, START + 365 * DAY))
    with Image.open(tmp_path / "chart.PNG") as image:
        assert image.size == (1_800, 1_400)
        colours = {colour for _, colour in image.getcolors(1 << 20) or []}
    assert {(0, 158, 115), (230, 159, 0), (213, 94, 0), (122, 132, 144)} <= colours
    before = (tmp_path / "chart.PNG").read_bytes()
    drawn(tmp_path / "chart.PNG", year(), Period(START, START + 365 * DAY))
    assert (tmp_path / "chart.PNG").read_bytes() == before


def test_an_empty_chart_and_a_single_day(tmp_path):
    drawn(tmp_path / "none.svg", [], Period(START, START + DAY))
    assert "no time known to be saved" in (tmp_path / "none.svg").read_text()
    drawn(tmp_path / "one.svg", [inspection(Effect.WAIVED)], Period(START, START + 60))
    assert "1 of 1 inspections waived, 3.0 hours saved" in (tmp_path / "one.svg").read_text()


@pytest.mark.parametrize(("days", "step"), [(1, 1), (32, 1), (33, 7), (365, 29), (3_000, 375), (99_999, 364)])
def test_columns_stay_readable(days, step):
    assert days_per_column(Period(0, days * DAY)) == step


def test_every_effect_has_its_part():
    parts = [
        (Effect.WAIVED, NONE),
        (Effect.WAIVED, MINOR),
        (Effect.WAIVED, MAJOR),
        (Effect.NARROWED, MAJOR),
        (Effect.KEPT, NONE),
    ]
    assert [part_of(inspection(*one)) for one in parts] == [0, 1, 2, 3, 4]
    assert part_of(inspection(Effect.KEPT, reason=Ground.NO_EARLIER_CONTROL)) == 5


def test_a_long_list_of_repeats_is_cut_and_its_sums_are_not():
    found = [*(inspection(Effect.WAIVED) for _ in range(60)), inspection(Effect.NARROWED), inspection(Effect.UNJUDGED)]
    told = simulation_text(found, [savings(found, FR, GB)], Period(START, START + 365 * DAY), str)
    assert "250, relying on 826" in told
    assert "and 12 more" in told
    assert "180.0 hours of waiting saved, known of 60" in told
    assert "1 to fewer risk areas" in told
    assert "not judged     1" in told
    assert simulation_text([], [], Period(START, START + DAY), str) == (
        "Had it been in force from 2026-01-01 to 2026-01-01:"
    )

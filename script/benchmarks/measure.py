"""Taking times: candidate and floor in turn, medians of the rounds' ratios."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median

#: The evaluation of the demo that is measured.
REFERENCE = "2017-baojing-zgh"

Cpu = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Measurement:
    """One row of the table. `value` and `floor` are milliseconds (or a plain number where `ratio` is None);
    `ratio` = value ÷ floor; met when ratio ≤ goal (or ≥ goal where `more_is_better`). No goal: met."""

    name: str
    value: float
    floor: float | None = None
    ratio: float | None = None
    goal: float | None = None
    met: bool = True

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def own_cpu() -> float:
    """CPU seconds of this process."""
    return time.process_time()


def interleaved(
    name: str,
    candidate: Callable[[], object],
    floor: Callable[[], object],
    *,
    goal: float | None,
    rounds: int,
    repeat: int = 1,
    cpu: Cpu = own_cpu,
    more_is_better: bool = False,
) -> list[Measurement]:
    """Measure both in turn for `rounds` rounds of `repeat` calls each, after one warming round.

    Two measurements: CPU (carries the goal) and wall (no goal). With `more_is_better` the ratio is
    floor ÷ candidate: how many times as fast the candidate is.
    """
    taken: list[tuple[tuple[float, float], tuple[float, float]]] = []
    for number in range(rounds + 1):
        pair = (_time(candidate, repeat, cpu), _time(floor, repeat, cpu))
        if number:
            taken.append(pair)
    found = []
    for kind, index in (("CPU", 0), ("wall", 1)):
        values = [pair[0][index] for pair in taken]
        floors = [pair[1][index] for pair in taken]
        ratios = [
            (below / above if more_is_better else above / below)
            for above, below in zip(values, floors, strict=True)
            if above and below
        ]
        ratio = round(median(ratios), 3)
        aim = goal if kind == "CPU" else None
        met = aim is None or (ratio >= aim if more_is_better else ratio <= aim)
        found.append(
            Measurement(f"{name}, {kind}", _ms(values, repeat), _ms(floors, repeat), ratio, aim, met)
        )
    return found


def _time(call: Callable[[], object], repeat: int, cpu: Cpu) -> tuple[float, float]:
    gc.collect()
    gc.disable()
    try:
        cpu_before, wall_before = cpu(), time.perf_counter()
        for _ in range(repeat):
            call()
        return cpu() - cpu_before, time.perf_counter() - wall_before
    finally:
        gc.enable()


def _ms(seconds: list[float], repeat: int) -> float:
    return round(median(seconds) / repeat * 1000, 4)

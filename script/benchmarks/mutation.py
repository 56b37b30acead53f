"""How many of a seeded sample of mutants of the scoring engine (`indicators/engine`) its tests kill.

`script/benchmark mutation [--sample 400] [--seed N] [--jobs 2] [--only MODULE] [--survivors FILE]`; a long
run. `FILE` gets every survivor with its place and diff.

Why our own: mutmut 3 changes nothing outside functions, and much of the engine is tables and defaults;
it draws no sample. cosmic-ray starts a new pytest for every mutant. What is
needed beyond the changes themselves (forks of a warm process, a sample by seed) would have to be built
around either.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .judging import KILLED, SURVIVED, TIMEOUT, Judge, Subject, Verdict
from .measure import Measurement
from .mutants import Mutant, mutants_of, sample

ROOT = Path(__file__).resolve().parents[2]
ENGINE = Subject("indicators.engine", ROOT / "indicators" / "engine", ROOT / "tests" / "engine", ROOT)

GOAL = 90  # percent killed
GOAL_MINUTES = 45


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for. `only`: names of modules (`rules`); none: all."""

    sample: int = 400
    seed: int = 2013
    jobs: int = 2
    only: tuple[str, ...] = ()
    survivors: Path = Path(os.environ.get("DATA_DIR") or tempfile.gettempdir()) / "mutation-survivors.txt"

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> Wish:
        only = tuple(arguments.only)
        return cls(arguments.sample, arguments.seed, arguments.jobs, only, arguments.survivors)

    def as_arguments(self) -> list[str]:
        options = {
            "--sample": self.sample,
            "--seed": self.seed,
            "--jobs": self.jobs,
            "--survivors": self.survivors,
        }
        only = [part for name in self.only for part in ("--only", name)]
        return [*(str(part) for pair in options.items() for part in pair), *only]


def add_arguments(parser: argparse._ArgumentGroup) -> None:
    default = Wish()
    parser.add_argument("--sample", type=int, default=default.sample, help="how many mutants")
    parser.add_argument("--seed", type=int, default=default.seed)
    parser.add_argument("--jobs", type=int, default=default.jobs, help="processes at a time")
    parser.add_argument(
        "--only", action="append", default=[], metavar="MODULE", choices=[*map(_stem, ENGINE.sources())],
        help="mutants of this module, such as rules; may be repeated",
    )  # fmt: skip
    parser.add_argument("--survivors", type=Path, default=default.survivors, metavar="FILE")


def _stem(file: str) -> str:
    return file.removesuffix(".py")


def measure(wish: Wish) -> list[Measurement]:
    started = time.monotonic()
    warm()
    mutants = drawn(ENGINE, wish)
    verdicts = []
    for verdict in Judge(ENGINE).verdicts(mutants, wish.jobs):
        verdicts.append(verdict)
        if len(verdicts) % 20 == 0 or len(verdicts) == len(mutants):
            _say(verdicts, len(mutants))
            write_survivors(wish.survivors, verdicts)  # an interrupted run leaves what it has found
    minutes = (time.monotonic() - started) / 60
    own = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (own.ru_utime + own.ru_stime) / 60  # tells how long it takes where nothing else runs
    print(f"survivors: {wish.survivors}", file=sys.stderr)
    return rows(verdicts, wish, minutes, cpu)


def warm() -> None:
    """Imports what the tests import, then forgets the engine and what is built on it beside Django's apps."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    import indicators.loading  # noqa: F401 - and with it YAML and Lark

    for name in list(sys.modules):
        if name.startswith(ENGINE.package) or name == "indicators.loading":
            del sys.modules[name]


def drawn(subject: Subject, wish: Wish) -> list[Mutant]:
    sources = subject.sources()
    mutants = [
        mutant
        for file, source in sources.items()
        if not wish.only or _stem(file) in wish.only
        for mutant in mutants_of(file, source)
    ]
    return sample(mutants, wish.sample, wish.seed)


def rows(verdicts: list[Verdict], wish: Wish, minutes: float, cpu: float) -> list[Measurement]:
    found = Counter(verdict.outcome for verdict in verdicts)
    killed = round(100 * (found[KILLED] + found[TIMEOUT]) / len(verdicts), 2) if verdicts else 0.0
    name = f"mutants of {ENGINE.package}"
    return [
        Measurement(
            f"{name}, {len(verdicts)} by seed {wish.seed}: killed, %", killed, goal=GOAL, met=killed >= GOAL
        ),
        Measurement(f"{name}: survived", found[SURVIVED]),
        Measurement(f"{name}: killed as endless", found[TIMEOUT]),
        Measurement(f"{name}: minutes", round(minutes, 1), goal=GOAL_MINUTES, met=minutes <= GOAL_MINUTES),
        Measurement(f"{name}: minutes of CPU", round(cpu, 1)),
    ]


def write_survivors(path: Path, verdicts: Iterable[Verdict]) -> None:
    """Killed by kind and by module, then every survivor: file:line, which tests let it pass, the diff."""
    verdicts = sorted(verdicts, key=lambda verdict: (verdict.mutant.module, verdict.mutant.start))
    parts = []
    for title, key in (("kind", lambda v: v.mutant.kind), ("module", lambda v: v.mutant.module)):
        all_of = Counter(map(key, verdicts))
        left = Counter(key(verdict) for verdict in verdicts if verdict.outcome == SURVIVED)
        parts.append(
            f"survived by {title}: " + ", ".join(f"{k} {left[k]}/{n}" for k, n in all_of.most_common())
        )
    for verdict in verdicts:
        if verdict.outcome == SURVIVED:
            mutant = verdict.mutant
            parts.append(f"{mutant.module}:{mutant.line} ({mutant.kind}; {verdict.by})\n{mutant.diff}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(parts) + "\n", "utf-8")


def _say(verdicts: list[Verdict], size: int) -> None:
    left = sum(verdict.outcome == SURVIVED for verdict in verdicts)
    print(f"{len(verdicts)} of {size}, {left} survived", file=sys.stderr, flush=True)

"""Command line of the benchmarks: a table on standard output, and with --json FILE the same as a list."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from . import mutation, scratch
from .measure import Measurement

#: Which groups need a database of their own; the others run once, on SQLite.
GROUPS = {"save": True, "page": False, "scoring": False, "report": False}
#: Groups that take long run only when they are named; those that need no database.
LONG = ("mutation",)
#: And those that do, as in `GROUPS`.
MANY = {"rescoring": True}


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/benchmark", description=__doc__)
    parser.add_argument(
        "groups", nargs="*", metavar="GROUP",
        help=f"of {', '.join(GROUPS)}, all when none is named; only when named {', '.join((*LONG, *MANY))}",
    )  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--one", metavar="GROUP", help=argparse.SUPPRESS)
    mutation.add_arguments(parser.add_argument_group("mutation"))
    arguments = parser.parse_args()
    if arguments.one:
        rows = (
            mutation.measure(mutation.Wish.of(arguments))
            if arguments.one in LONG
            else scratch.run(arguments.one, arguments.rounds)
        )
        print(json.dumps([row.as_json() for row in rows]))
        return 0
    every = (*GROUPS, *LONG, *MANY)
    unknown = [group for group in arguments.groups if group not in every]
    if unknown:
        known = " ".join(every)
        print(f"没有名为“{'、'.join(unknown)}”的测量组，可用：{known}。", file=sys.stderr)
        return 2
    rows: list[Measurement] = []
    for group in arguments.groups or GROUPS:
        if group in LONG:
            rows += _in_a_process_of_its_own(group, mutation.Wish.of(arguments).as_arguments(), {})
            continue
        for database in scratch.databases(every=(GROUPS | MANY)[group]):
            with database as url, tempfile.TemporaryDirectory(prefix="jixiao-benchmark-") as folder:
                environment = {
                    "DATABASE_URL": url or f"sqlite:///{folder}/db.sqlite3",
                    "DATA_DIR": folder, "DEMO": "1", "DEBUG": "0",
                }  # fmt: skip
                rows += _in_a_process_of_its_own(group, ["--rounds", str(arguments.rounds)], environment)
    print(_table(rows))
    if arguments.json:
        text = json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=2)
        arguments.json.write_text(text + "\n", "utf-8")
    return 0


def _in_a_process_of_its_own(
    group: str, arguments: list[str], environment: dict[str, str]
) -> list[Measurement]:
    """Settings are read once a process, so each database gets one."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", "benchmarks", "--one", group, *arguments],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [Measurement(**row) for row in json.loads(done.stdout.splitlines()[-1])]


def _table(rows: list[Measurement]) -> str:
    lines = [f"{'measurement':<78}{'value ms':>11}{'floor ms':>11}{'ratio':>9}{'goal':>8}  met"]
    for row in rows:
        cells = (row.floor, row.ratio, row.goal)
        floor, ratio, goal = ("" if cell is None else f"{cell:g}" for cell in cells)
        lines.append(
            f"{row.name:<78}{row.value:>11g}{floor:>11}{ratio:>9}{goal:>8}  {'yes' if row.met else 'NO'}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

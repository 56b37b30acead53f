"""The plan of computation: everything after what it needs, each step filling in one key."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .formula import Formula
from .scope import Environment

#: A field's code, (table, column), or (上年, code).
Key = str | tuple[str, str]
Step = Callable[[Environment], None]


def ordered(needs: Mapping[Key, set[Key]]) -> tuple[tuple[Key, ...], tuple[Key, ...]]:
    """(order, cycle): the keys of `needs`, each after those it needs; or one cycle, first and last key alike.

    What is needed but is no key needs nothing itself. Deterministic: ties keep the order of `needs`.
    """
    rank = {key: number for number, key in enumerate(needs)}
    order: list[Key] = []
    done: set[Key] = set()
    for start in needs:
        path: dict[Key, None] = {}  # keys being visited, in order
        pending = [] if start in done else [start]
        while pending:
            key = pending[-1]
            if key in done:
                pending.pop()
            elif key in path and (waiting := [need for need in _known(needs[key], rank) if need not in done]):
                cycle = [*path]
                if waiting[0] in path:
                    return (), (*cycle[cycle.index(waiting[0]) :], waiting[0])
                pending.append(waiting[0])
            elif key in path:
                del path[key]
                done.add(key)
                order.append(key)
            else:
                path[key] = None
    return tuple(order), ()


def _known(keys: set[Key], rank: Mapping[Key, int]) -> list[Key]:
    return sorted((key for key in keys if key in rank), key=rank.__getitem__)


def field_step(code: str, formula: Formula) -> Step:
    evaluate = formula.evaluate

    def step(env: Environment) -> None:
        env[code] = evaluate(env)

    return step


def column_step(key: Key, formula: Formula | None, cells: dict[int, Formula]) -> Step:
    """Fill a column of a table: each row by its own formula, otherwise by the column's."""

    def step(env: Environment) -> None:
        for number, row in enumerate(env[key[0]]):
            if chosen := cells.get(number, formula):
                row[key] = chosen.evaluate(row)

    return step


def prior_step(key: Key, prior: str) -> Step:
    """Last year's figure, where last year's evaluation is not in the system, is the one typed here."""

    def step(env: Environment) -> None:
        if key not in env:
            env[key] = env[prior]

    return step

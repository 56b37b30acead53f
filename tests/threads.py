"""Several people at the same moment: real threads, each with its own connection to the database."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from django.db import connection, transaction

PATIENCE = 60  # seconds; a thread that waits longer has hung
OVERLAP = 0.3  # seconds; what the second of two does at most before it has to wait for the first


def at_once(deeds: Sequence[Callable[[], object]]) -> list[str]:
    """Run all deeds at the same time, each in a thread with its own connection; the name of each outcome."""
    start = threading.Barrier(len(deeds))
    outcomes = ["hung"] * len(deeds)

    def run(number: int, deed: Callable[[], object]) -> None:
        try:
            start.wait(PATIENCE)
            deed()
            outcomes[number] = "done"
        except Exception as error:
            outcomes[number] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return outcomes


def overlapping(first: Callable[[], object], second: Callable[[], object]) -> list[str]:
    """`second` begins while the transaction of `first` has acted and is still open; both outcomes.

    Nothing is left to chance: without a lock `second` would read what `first` is about to change.
    """
    acted, begun = threading.Event(), threading.Event()

    def one() -> None:
        try:
            with transaction.atomic():
                first()
                acted.set()
                begun.wait(PATIENCE)
                time.sleep(OVERLAP)
        finally:
            acted.set()

    def two() -> None:
        acted.wait(PATIENCE)
        begun.set()
        second()

    return at_once([one, two])

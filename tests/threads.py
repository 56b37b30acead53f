"""Several people at the same moment: real threads, each with its own connection to the database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from django.db import connection

PATIENCE = 60  # seconds; a thread that waits longer has hung


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

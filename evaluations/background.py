"""Work that a process of the web server does beside its requests, in one thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import connections, transaction

logger = logging.getLogger(__name__)


class Background:
    """Runs `work` after commits, in one daemon thread a process; errors go to the log, never to a request.

    Nothing runs before `enable` (config/wsgi.py): a command ends too early to leave work behind.
    """

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._running = False
        self._wanted = False
        self.enabled = False

    def enable(self) -> None:
        """Let this process work in the background."""
        self.enabled = True

    def wake(self) -> None:
        """See to it that `work` runs once after the present transaction has been committed."""
        if self.enabled:
            transaction.on_commit(self._start, robust=True)

    def _start(self) -> None:
        with self._lock:
            self._wanted = True
            if self._running:
                return
            self._running = True
        threading.Thread(target=self._run, name="background", daemon=True).start()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._wanted:
                    self._running = False
                    return
                self._wanted = False
            try:
                self._work()
            except Exception:
                logger.exception("work in the background failed")
            finally:
                connections.close_all()

"""The run that moves every draft which is still pinned to an older version, many in a transaction.

It may stop anywhere and begin anew: what is left is found again, what is moved is passed over. Two runs at
once do no harm.
"""

from __future__ import annotations

import logging
import time
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest

from evaluations import events
from evaluations.background import Background
from evaluations.errors import Refused
from evaluations.models import Evaluation, FiscalYear, User
from indicators.models import IndicatorTemplate, State

from .moving import Outcome, move, note_failure
from .targets import Targets, reassign, targets, waiting, wholes

logger = logging.getLogger(__name__)

#: Departments' evaluations in one transaction. On SQLite nobody else can save as long as it lasts.
CHUNK = 50
#: Seconds between two transactions of a run in the background, in which whoever waits to save gets on.
PAUSE = 0.1


def run(code: str = "", pause: float = 0) -> Outcome:
    """Move what is left of one template's drafts, or of all; what fails stays as it was and is named."""
    outcome = Outcome()
    where = targets(code)
    pks = wholes(waiting(where)) if where else []
    for start in range(0, len(pks), CHUNK):
        if start and pause:
            time.sleep(pause)
        outcome.add(_moved(pks[start : start + CHUNK], where))
    # What somebody saved just then. One by one: a single row is held while waiting for it.
    held, outcome.held = outcome.held, []
    for pk in held:
        outcome.add(_moved([pk], where, wait=True))
    outcome.held = []
    return outcome


def begin(template: IndicatorTemplate, by: object) -> None:
    """After a version was published, in the same transaction: years start on it now; drafts follow after the
    commit, in the background where pages are served, at once in a command."""
    reassign(by, code=template.code)
    if BACKGROUND.enabled:
        BACKGROUND.wake()
    else:
        transaction.on_commit(partial(run, template.code), robust=True)


def reopened(year: FiscalYear, by: object) -> None:
    """After a year was opened again, in the same transaction: versions published meanwhile hold in it."""
    reassign(by, year=year)
    wake()


def wake() -> None:
    """Look for what is left once the present transaction has been committed, where pages are served.

    Called by whatever opens a draft, which may be pinned to what has been replaced meanwhile.
    """
    BACKGROUND.wake()


@transaction.atomic
def resume(actor: User, template: IndicatorTemplate, *, request: HttpRequest | None = None) -> None:
    """继续: let the run go on by hand. Raises `PermissionDenied`, or `Refused` for what is not published."""
    if not actor.has_perm("indicators.publish_templates", template):
        raise PermissionDenied("只有这个行政区划的指标管理员可以继续办理。")
    if template.state != State.PUBLISHED:
        raise Refused(f"{template}{template.get_state_display()}，没有要改用这一版的自评。")
    detail = {"template": template.code, "version": template.version}
    events.record(actor, "continue_rollout", detail=detail, request=request)
    begin(template, actor)


def _moved(pks: list[int], where: Targets, *, wait: bool = False) -> Outcome:
    """One transaction; when the database refuses it, one for each, so that one failure stops no other."""
    try:
        return move(pks, where, wait=wait)
    except Exception as error:
        if len(pks) > 1:
            outcome = Outcome()
            for pk in pks:
                outcome.add(_moved([pk], where, wait=wait))
            return outcome
        whole = Evaluation.objects.get(pk=pks[0])
        logger.exception("%s stays on its version of the template", whole.reference)
        note_failure(whole, error)
        return Outcome(failed=[whole.reference])


#: Goes on with what is left after every publication, where pages are served.
BACKGROUND = Background(partial(run, pause=PAUSE))

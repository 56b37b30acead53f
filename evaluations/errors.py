"""What services raise when they do not do as asked. `str(error)` is one Chinese sentence for the person.

Nothing has been stored when one of these is raised. Views translate each of them once.
"""

from __future__ import annotations

from typing import Any


class ServiceError(Exception):
    """Base of all refusals."""


class Conflict(ServiceError):
    """Somebody saved the same section or grid in between.

    `theirs` is the stored row as it is now (`SectionData` or `BudgetGrid`), `yours` what was sent.
    """

    def __init__(self, theirs: Any, yours: Any) -> None:
        who = f"{theirs.updated_by}" if theirs.updated_by else "他人"
        super().__init__(
            f"您打开此页后，{who}已保存过这部分内容。您的内容没有保存，请对照后再决定保留哪一份。"
        )
        self.theirs = theirs
        self.yours = yours


class Locked(ServiceError):
    """The evaluation is in a state in which its content does not change."""


class Invalid(ServiceError):
    """What was sent cannot be stored at all; names place, value and limit. `faults` lists all of them."""

    def __init__(self, message: str, faults: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults or (message,)


class Refused(ServiceError):
    """A transition that does not happen. `findings` are those that stand in its way (may be empty)."""

    def __init__(self, reason: str, findings: tuple[Any, ...] = ()) -> None:
        super().__init__(reason)
        self.findings = findings

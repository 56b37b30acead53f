"""Who fills in what, for which year, and what became of it."""

from .budget import BudgetGrid, BudgetLine, FiscalYear, TemplateAssignment
from .evaluations import (
    DECIDED,
    OPEN_STATES,
    UNDER_REVIEW,
    Evaluation,
    Explanation,
    SectionData,
    State,
)
from .evidence import Evidence
from .imports import ImportFile
from .people import Department, Membership, Region, Role, User
from .records import AppendOnlyError, Event, FieldChange, Snapshot
from .review import Comment, ReviewedScore, SavedFilter, Thread, Worksheet

__all__ = [
    "DECIDED",
    "OPEN_STATES",
    "UNDER_REVIEW",
    "AppendOnlyError",
    "BudgetGrid",
    "BudgetLine",
    "Comment",
    "Department",
    "Evaluation",
    "Event",
    "Evidence",
    "Explanation",
    "FieldChange",
    "FiscalYear",
    "ImportFile",
    "Membership",
    "Region",
    "ReviewedScore",
    "Role",
    "SavedFilter",
    "SectionData",
    "Snapshot",
    "State",
    "TemplateAssignment",
    "Thread",
    "User",
    "Worksheet",
]

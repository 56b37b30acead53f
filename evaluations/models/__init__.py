"""Who fills in what, for which year, and what became of it."""

from .budget import BudgetGrid, BudgetLine, FiscalYear, TemplateAssignment
from .deadlines import Extension
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
from .notices import Mail, Notice
from .people import Department, MailPreference, Membership, Region, Role, User
from .records import AppendOnlyError, Event, FieldChange, Snapshot
from .rectifications import Rectification, RectificationState
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
    "Extension",
    "FieldChange",
    "FiscalYear",
    "ImportFile",
    "Mail",
    "MailPreference",
    "Membership",
    "Notice",
    "Rectification",
    "RectificationState",
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

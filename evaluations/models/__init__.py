"""Who fills in what, for which year, and what became of it."""

from .budget import BudgetGrid, BudgetLine, FiscalYear, TemplateAssignment
from .evaluations import Evaluation, Explanation, SectionData, State
from .imports import ImportFile
from .people import Department, Membership, Region, Role, User
from .records import AppendOnlyError, Event, FieldChange, Snapshot

__all__ = [
    "AppendOnlyError",
    "BudgetGrid",
    "BudgetLine",
    "Department",
    "Evaluation",
    "Event",
    "Explanation",
    "FieldChange",
    "FiscalYear",
    "ImportFile",
    "Membership",
    "Region",
    "Role",
    "SectionData",
    "Snapshot",
    "State",
    "TemplateAssignment",
    "User",
]

"""What is to be said before an import: problems with their place, questions, and a summary."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at one place: sheet, row (0: all of it), column letter with its header, value."""

    sheet: str
    row: int
    column: str
    header: str
    value: str
    message: str

    @property
    def place(self) -> str:
        """`工作表“单位”第 5 行 B 列“单位名称”`."""
        row = f"第 {self.row} 行" if self.row else ""
        column = f" {self.column} 列" if self.column else ""
        return f"工作表“{self.sheet}”{row}{column}{f'“{self.header}”' if self.header else ''}"

    def __str__(self) -> str:
        value = f"（现为“{self.value}”）" if self.value else ""
        return f"{self.place}{value}：{self.message}。"


@dataclass(frozen=True, slots=True)
class Question:
    """What a person must confirm before anything is stored.

    `key` changes with the question and with `about`, so that an answer holds only for what was asked.
    """

    text: str
    answer: str
    about: str = ""

    @property
    def key(self) -> str:
        """A name for the box on the page."""
        return hashlib.sha256(f"{self.text}\n{self.about}".encode()).hexdigest()[:16]


@dataclass(slots=True)
class Plan:
    """What an import would do. With `problems` it does nothing.

    `summary`: sentences such as 将新增 12 个单位; `changes`: how many things it would store.
    `head` and `rows`: a table of what would be stored, one row each; `numeric`: columns of figures.
    """

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    summary: list[str] = field(default_factory=list)
    changes: int = 0
    head: tuple[str, ...] = ()
    numeric: tuple[int, ...] = ()
    rows: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def done(self) -> str:
        """The summary after the import."""
        return "".join(self.summary).replace("将", "已", 1)

    def unanswered(self, answers: Sequence[str]) -> list[Question]:
        """The questions whose key is not among `answers`."""
        return [question for question in self.questions if question.key not in answers]

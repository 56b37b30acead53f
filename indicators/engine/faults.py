"""What is wrong with a template: every fault at its place, in Chinese, all at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Fault:
    """`place` is a path in the template such as `indicators[0].children[1].rule.limit` ("" for the whole).

    An `error` refuses loading or publishing; a `warning` is shown to the 指标管理员 and refuses nothing.
    """

    place: str
    message: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.place}：{self.message}" if self.place else self.message


class TemplateFaults(ValueError):
    """A template that cannot be used, with every reason in `faults`."""

    def __init__(self, faults: Iterable[Fault]):
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))

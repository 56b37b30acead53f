"""How commands speak: JSON to script against, faults as Chinese lines on stderr with exit code 2."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied

from evaluations import access
from evaluations.errors import Invalid, ServiceError
from evaluations.models import Evaluation
from indicators.management.usage import OwnCommand


class JsonCommand(OwnCommand):
    """A command with `--json`."""

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def write_json(self, data: Any) -> None:
        """One JSON document, Chinese as it is; every minus sign is `-`, also inside sentences."""
        self.stdout.write(json.dumps(data, ensure_ascii=False, indent=2).replace("−", "-"))

    def fail(self, lines: str | Iterable[str], code: int = 2) -> NoReturn:
        """End with `code`; each line on stderr is one sentence."""
        self.stderr.write(lines if isinstance(lines, str) else "\n".join(lines))
        sys.exit(code)

    @contextmanager
    def refusals(self, place: str = "") -> Iterator[None]:
        """Turn what services refuse into lines on stderr and exit code 2."""
        head = f"{place}：" if place else ""
        try:
            yield
        except Invalid as refusal:
            self.fail([f"{head}{fault}" for fault in refusal.faults])
        except (ServiceError, PermissionDenied) as refusal:
            self.fail(f"{head}{refusal}")

    def evaluation(self, reference: str) -> Evaluation:
        """The evaluation with that reference; ends the command when there is none."""
        found = access.with_relations(Evaluation.objects.filter(reference=reference)).first()
        if found is None:
            self.fail(f"没有编号为“{reference}”的自评，编号的写法例如 2017-baojing-zgh。")
        return found

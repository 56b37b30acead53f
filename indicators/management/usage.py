"""What our commands say when they are called with wrong arguments: one Chinese line, exit code 2."""

from __future__ import annotations

import re
import sys
from typing import Any, NoReturn

from django.core.management.base import BaseCommand

#: argparse's sentences, which exist in English only.
SENTENCES = (
    (r"the following arguments are required: (.+)", r"缺少 \1"),
    (r"unrecognized arguments: (.+)", r"没有 \1 这样的参数"),
    (r"argument (.+?): invalid choice: (.+?) \(choose from (.+)\)", r"\1 不能是 \2，只能是 \3"),
    (r"argument (.+?): expected (?:one|at least one) argument", r"\1 后面要写一个值"),
)


class OwnCommand(BaseCommand):
    """A command of this project. Called from the program, wrong arguments raise `CommandError` as ever."""

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> Any:
        parser = super().create_parser(prog_name, subcommand, **options)
        if parser.called_from_command_line:
            parser.error = lambda message: _refuse(subcommand, message)
        return parser


def _refuse(subcommand: str, message: str) -> NoReturn:
    print(f"{chinese(message)}。写法见 manage.py {subcommand} --help。", file=sys.stderr)
    sys.exit(2)


def chinese(message: str) -> str:
    """argparse's message in Chinese; one that is not known stays as it is."""
    for pattern, words in SENTENCES:
        if found := re.fullmatch(pattern, message):
            return found.expand(words)
    return message

#!/usr/bin/env python3
"""Django's command line."""

import sys

from config.command_line import create_tables_if_empty, run

OWN_APPS = {"evaluations", "indicators"}


def main() -> None:
    import django
    from django.core.management import execute_from_command_line, get_commands

    django.setup()
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if get_commands().get(name) in OWN_APPS and not {"-h", "--help"} & set(sys.argv):
        create_tables_if_empty()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    sys.exit(run(main))

#!/usr/bin/env python
"""Django's command line for Dure."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dure.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("dure: Django is not installed for this Python: use `make run`, or .venv/bin/python manage.py …")
    from django.core.exceptions import ImproperlyConfigured
    from environs import EnvError

    from dure.local.home import UnusableHome

    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, EnvError, UnusableHome) as error:
        sys.exit(f"dure: {error}")


if __name__ == "__main__":
    main()

"""Screening of personal texts: which words are not cut without asking, and why. Pure.

The words and the reasons are data (`ko.toml`, `en.toml`, `policies.toml`); see `reading` for what evasions are seen
through, and `screen` for what keeps false alarms few.
"""

from configurator.screening.lists import Lists, Policy, read_lists
from configurator.screening.reading import normal_form
from configurator.screening.screen import Verdict, screen

__all__ = ["Lists", "Policy", "Verdict", "normal_form", "read_lists", "screen"]

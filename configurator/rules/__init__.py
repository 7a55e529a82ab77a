"""The rules engine: which options are possible beside what is chosen, and why others are not. Pure."""

from configurator.rules.engine import Blocked, RulesEngine
from configurator.rules.rulebook import ABSENT, Choice, Clause

__all__ = ["ABSENT", "Blocked", "Choice", "Clause", "RulesEngine"]

"""The rules engine: which options are possible beside what is chosen, and why others are not. Pure."""

from configurator.rules.engine import Blocked, Choice, Clause, RulesEngine

__all__ = ["Blocked", "Choice", "Clause", "RulesEngine"]

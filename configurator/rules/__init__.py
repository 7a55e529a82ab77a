"""The rules engine: what can be chosen beside what is chosen, why not, and what then. Pure.

`RulesEngine` is what other modules use. Behind it: `rulebook` (numbers and masks), `solver` (SAT), `domains` (what is
possible), `repair` (the smallest change), `diagram` (all designs, compiled) and `best` (the best of them).
"""

from configurator.rules.diagram import NODE_CAP, Diagram
from configurator.rules.engine import Blocked, RulesEngine
from configurator.rules.repair import Repair
from configurator.rules.rulebook import ABSENT, Choice, Clause

__all__ = ["ABSENT", "NODE_CAP", "Blocked", "Choice", "Clause", "Diagram", "Repair", "RulesEngine"]

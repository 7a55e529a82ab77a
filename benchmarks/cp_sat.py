"""Google's CP-SAT as a peer: one model per product, kept; a solve per question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ortools.sat.python import cp_model

from benchmarks.harness import UnableToMeasure
from configurator.rules import Choice, Clause

Choices = Mapping[str, str]


class CpSat:
    """A product's groups and clauses as a CP-SAT model."""

    def __init__(self, groups: Mapping[str, Sequence[str]], clauses: Sequence[Clause]) -> None:
        self.groups = groups
        self.model = cp_model.CpModel()
        self.variables = {
            (group, option): self.model.new_bool_var(f"{group}/{option}")
            for group, options in groups.items()
            for option in options
        }
        for group, options in groups.items():
            self.model.add_exactly_one(self.variables[group, option] for option in options)
        for clause in clauses:
            unless = [self.variables[each].negated() for each in clause.without]
            self.model.add_bool_or([*unless, *(self.variables[each] for each in clause.options)])

    def possible(self, choices: Choices) -> set[Choice]:
        """A solve per option that no earlier solution with these choices has; chosen groups are judged as if open."""
        found: set[Choice] = set()
        for choice in self.variables:
            if choice not in found:
                others = {group: option for group, option in choices.items() if group != choice[0]}
                design = self._solve({**others, choice[0]: choice[1]})
                if design:
                    found |= {each for each in design if self._is_proved(each, design, choices)}
        return found

    def best(
        self, choices: Choices, weights: Mapping[Choice, int], prices: Mapping[Choice, int], budget: int | None
    ) -> int | None:
        """The highest sum of weights within the budget; None when no design is."""
        model = self.model.clone()
        for choice in choices.items():
            model.add(self.same(model, choice) == 1)
        if budget is not None:
            model.add(sum(self.same(model, each) * price for each, price in prices.items()) <= budget)
        model.maximize(sum(self.same(model, each) * weight for each, weight in weights.items()))
        solver = one_worker()
        status = solver.solve(model)
        return round(solver.objective_value) if status == cp_model.OPTIMAL else None

    def same(self, model: cp_model.CpModel, choice: Choice) -> cp_model.IntVar:
        return model.get_bool_var_from_proto_index(self.variables[choice].index)

    def _is_proved(self, choice: Choice, design: set[Choice], choices: Choices) -> bool:
        """Whether a design shows an option possible beside the choices of the other groups."""
        return all(each in design for each in choices.items() if each[0] != choice[0])

    def _solve(self, choices: Choices) -> set[Choice]:
        model, solver = self.model, one_worker()
        model.clear_assumptions()
        model.add_assumptions([self.variables[choice] for choice in choices.items()])
        status = solver.solve(model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.INFEASIBLE):
            raise UnableToMeasure(f"CP-SAT ends with status {status}")
        if status == cp_model.INFEASIBLE:
            return set()
        return {choice for choice, variable in self.variables.items() if solver.boolean_value(variable)}


def one_worker() -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    return solver

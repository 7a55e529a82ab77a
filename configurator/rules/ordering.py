"""In which order groups are looked at: those that clauses connect together, and near to each other."""

from __future__ import annotations

from collections.abc import Sequence

from configurator.rules.rulebook import Bound, Rulebook

ROUNDS = 30


def components(book: Rulebook) -> list[tuple[list[str], list[Bound]]]:
    """Groups that clauses connect, each set in a good order, with its clauses."""
    parent = {group: group for group in book.groups}

    def root(group: str) -> str:
        while parent[group] != group:
            parent[group] = parent[parent[group]]
            group = parent[group]
        return group

    every = ((bound, [group for group in book.groups if bound.groups & book.masks[group]]) for bound in book.bounds)
    # A clause of no group is true, or the rulebook has no design.
    named = [(bound, groups) for bound, groups in every if groups]
    for _, groups in named:
        for other in groups[1:]:
            parent[root(other)] = root(groups[0])
    found: dict[str, tuple[list[str], list[tuple[Bound, list[str]]]]] = {}
    for group in book.groups:
        found.setdefault(root(group), ([], []))[0].append(group)
    for bound, groups in named:
        found[root(groups[0])][1].append((bound, groups))
    return [
        (ordered(groups, [names for _, names in rows]), [bound for bound, _ in rows]) for groups, rows in found.values()
    ]


def ordered(groups: Sequence[str], edges: Sequence[Sequence[str]]) -> list[str]:
    """The better of the maker's order and one that pulls connected groups together.

    FORCE (Aloul, Markov and Sakallah 2003): each group moves to the mean of the centres of its clauses, again and
    again; the order with the least total span is kept.
    """
    order = list(groups)
    best, least = order, span(order, edges)
    for _ in range(ROUNDS):
        place = {group: number for number, group in enumerate(order)}
        pulls: dict[str, list[float]] = {group: [] for group in groups}
        for edge in edges:
            centre = sum(place[group] for group in edge) / len(edge)
            for group in edge:
                pulls[group].append(centre)
        order = sorted(
            groups, key=lambda group: sum(pulls[group]) / len(pulls[group]) if pulls[group] else place[group]
        )
        reached = span(order, edges)
        if reached < least:
            best, least = order, reached
    return best


def span(order: Sequence[str], edges: Sequence[Sequence[str]]) -> int:
    """How far all clauses together reach: the sum of the distances of their first and last group."""
    place = {group: number for number, group in enumerate(order)}
    return sum(max(places) - min(places) for places in ([place[group] for group in edge] for edge in edges))

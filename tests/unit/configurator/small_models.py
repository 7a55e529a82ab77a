"""Small random feature models and products, and the slow way to know what they allow: write every product down."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from hypothesis import strategies as st

from configurator.uvl.model import (
    And,
    Constraint,
    Feature,
    FeatureGroup,
    FeatureModel,
    Formula,
    GroupKind,
    Iff,
    Implies,
    Named,
    Not,
    Or,
)
from tests.unit.configurator.small_products import small_data, text

Data = dict[str, Any]
Design = Mapping[str, str]


def holds(formula: Formula, selected: frozenset[str]) -> bool:
    match formula:
        case Named(name):
            return name in selected
        case Not(inner):
            return not holds(inner, selected)
        case And(parts):
            return all(holds(part, selected) for part in parts)
        case Or(parts):
            return any(holds(part, selected) for part in parts)
        case Implies(left, right):
            return not holds(left, selected) or holds(right, selected)
        case Iff(left, right):
            return holds(left, selected) == holds(right, selected)


def products(model: FeatureModel) -> list[frozenset[str]]:
    """Every valid product of a model, as the features that it selects."""
    return [
        selected
        for selected in _selections(model.root)
        if all(holds(constraint.formula, selected) for constraint in model.constraints)
    ]


def products_by_definition(model: FeatureModel) -> set[frozenset[str]]:
    """The same, by looking at every set of features there is."""
    names = [feature.name for feature in model.features()]
    every = (
        frozenset(name for name, taken in zip(names, row, strict=True) if taken)
        for row in product((False, True), repeat=len(names))
    )
    return {
        selected
        for selected in every
        if model.root.name in selected
        and _keeps_tree(model.root, selected)
        and all(holds(constraint.formula, selected) for constraint in model.constraints)
    }


def _keeps_tree(feature: Feature, selected: frozenset[str]) -> bool:
    for group in feature.groups:
        taken = sum(child.name in selected for child in group.features)
        if feature.name not in selected and taken:
            return False
        if feature.name in selected and taken not in _allowed(group):
            return False
    return all(_keeps_tree(child, selected) for group in feature.groups for child in group.features)


def _allowed(group: FeatureGroup) -> range:
    most = len(group.features)
    return {
        "mandatory": range(most, most + 1),
        "optional": range(most + 1),
        "or": range(1, most + 1),
        "alternative": range(1, 2),
    }[group.kind]


def _selections(feature: Feature) -> Iterator[frozenset[str]]:
    """Every way to select a feature and what is below it, without the constraints."""
    for rows in product(*(list(_group_selections(group)) for group in feature.groups)):
        yield frozenset({feature.name}).union(*rows)


def _group_selections(group: FeatureGroup) -> Iterator[frozenset[str]]:
    children = [list(_selections(child)) for child in group.features]
    for taken in product((False, True), repeat=len(children)):
        if sum(taken) in _allowed(group):
            chosen = [ways for ways, is_taken in zip(children, taken, strict=True) if is_taken]
            for rows in product(*chosen):
                yield frozenset().union(*rows)


def designs(data: Data) -> list[Design]:
    """Every valid design of a definition's data, by what the words in it mean."""
    found: list[dict[str, str]] = [{}]
    for group in data["groups"]:
        options = [option["id"] for option in group["options"] if not option.get("retired")]
        found = [
            {**design, **choice}
            for design in found
            for choice in (
                [{group["id"]: option} for option in options] if _has_all(design, group.get("when")) else [{}]
            )
        ]
    return [design for design in found if all(keeps(design, rule) for rule in data["rules"])]


def keeps(design: Design, rule: Data) -> bool:
    if not _has_all(design, rule.get("when")):
        return True
    if rule.get("requires") and not _has_all(design, rule["requires"]):
        return False
    if rule.get("excludes") and _count(design, rule["excludes"]):
        return False
    if not rule.get("of"):
        return True
    count = _count(design, rule["of"])
    most = rule.get("at_most")
    return count >= (rule.get("at_least") or 0) and (most is None or count <= most)


def _has_all(design: Design, choices: Mapping[str, Any] | None) -> bool:
    return all(design.get(group) in options for group, options in (choices or {}).items())


def _count(design: Design, choices: Mapping[str, Any]) -> int:
    return sum(design.get(group) in options for group, options in choices.items())


def completed(draft: Data) -> Data:
    """A draft with what a UVL file cannot say."""
    filling = {"story": text("Story"), "swatch": "#808080", "colours": {}}
    groups = [
        {"hint": text("Hint"), **group, "options": [{**filling, **option} for option in group["options"]]}
        for group in draft["groups"]
    ]
    rest = {"operations": [small_data()["operations"][0]], "materials": []}
    return {**small_data(), **rest, **draft, "groups": groups}


@st.composite
def feature_models(draw: st.DrawFn, most: int = 9) -> FeatureModel:
    """Up to `most` features with all kinds of groups, some with a price, and up to three constraints."""
    names = [f"F{number}" for number in range(draw(st.integers(2, most)))]
    groups: dict[str, list[tuple[GroupKind, list[str]]]] = {name: [] for name in names}
    placed, waiting = names[:1], names[1:]
    while waiting:
        size = draw(st.integers(1, min(3, len(waiting))))
        children, waiting = waiting[:size], waiting[size:]
        kind: GroupKind = draw(st.sampled_from(["mandatory", "optional", "or", "alternative"]))
        groups[draw(st.sampled_from(placed))].append((kind, children))
        placed += children
    prices = {name: draw(st.sampled_from([0, 0, 0, 100])) for name in names}

    def feature(name: str) -> Feature:
        rows = tuple(FeatureGroup(kind, tuple(map(feature, children))) for kind, children in groups[name])
        return Feature(name, rows, {"price": prices[name]} if prices[name] else {})

    constraints = draw(st.lists(st.builds(Constraint, formulas(names)), max_size=3))
    return FeatureModel(feature(names[0]), tuple(constraints))


def formulas(names: list[str]) -> st.SearchStrategy[Formula]:
    """Formulas as the reader makes them: no & directly in an &, no | directly in an |."""

    def deeper(inner: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
        parts = st.lists(inner, min_size=2, max_size=3)
        return st.one_of(
            st.builds(Not, inner),
            st.builds(lambda rows: And(tuple(_flat(And, rows))), parts),
            st.builds(lambda rows: Or(tuple(_flat(Or, rows))), parts),
            st.builds(Implies, inner, inner),
            st.builds(Iff, inner, inner),
        )

    return st.recursive(st.builds(Named, st.sampled_from(names)), deeper, max_leaves=5)


def _flat(sign: type[And] | type[Or], rows: list[Formula]) -> Iterator[Formula]:
    for row in rows:
        if isinstance(row, sign):
            yield from row.parts
        else:
            yield row


@st.composite
def product_data(draw: st.DrawFn) -> Data:
    """A definition of two to four groups, with conditions, retired options, and rules of every kind."""
    sizes = draw(st.lists(st.integers(2, 3), min_size=2, max_size=4))
    options = {f"g{number}": tuple("abc"[:size]) for number, size in enumerate(sizes)}
    groups: list[Data] = []
    for group_id, row in options.items():
        retired = draw(st.sampled_from([None, None, None, row[-1]]))
        group: Data = {
            "id": group_id,
            "name": text(group_id),
            "options": [{"id": each, "name": text(each), "retired": each == retired} for each in row],
        }
        earlier = {each["id"]: options[each["id"]] for each in groups}
        is_conditional = draw(st.booleans())
        if earlier and is_conditional:
            group |= {"when": draw(_choices(earlier)), "sentence": text("Not always")}
        groups.append(group)
    rules = [{"id": f"r{number}", "sentence": text("Rule"), **draw(_sides(options))} for number in range(3)]
    return {"slug": "small", "groups": groups, "rules": rules[: draw(st.integers(0, 3))], "preset": {}}


def _choices(options: Mapping[str, tuple[str, ...]], *, least: int = 1) -> st.SearchStrategy[Data]:
    names = st.lists(st.sampled_from(sorted(options)), min_size=least, max_size=3, unique=True)
    rows = {name: st.lists(st.sampled_from(row), min_size=1, max_size=2, unique=True) for name, row in options.items()}
    return names.flatmap(lambda found: st.fixed_dictionaries({name: rows[name] for name in found}))


@st.composite
def _sides(draw: st.DrawFn, options: Mapping[str, tuple[str, ...]]) -> Data:
    kind = draw(st.sampled_from(["requires", "excludes", "at_least", "at_most"]))
    if kind in ("requires", "excludes"):
        return {"when": draw(_choices(options)), kind: draw(_choices(options))}
    of = draw(_choices(options, least=2))
    number = draw(st.integers(1, len(of))) if kind == "at_least" else draw(st.integers(0, len(of) - 1))
    return {"when": draw(_choices(options)) if draw(st.booleans()) else {}, "of": of, kind: number}

"""Files are read as UVL's grammar says; what is wrong or outside the core is refused where it stands."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configurator.uvl import UvlError, errors, read_model
from configurator.uvl.model import And, Feature, FeatureGroup, Formula, Iff, Implies, Named, Not, Or

SERVER = """\ufeff// A server
namespace Server
include
    Boolean
    Arithmetic.*

features
  Server {abstract}  /* a comment
  of two lines */
    mandatory

      FileSystem // with one of
        or
          NTFS
          "AP FS (new)" {name_ko '에이', price 200}
    optional
      Boolean Logging\t{
      default,
      constraint NTFS => !Logging,
      log_level "warn" // an attribute
    }
      청자

constraints
  // not both
  (Logging
     | 청자)
\tNTFS => Logging
"""


def test_a_file_is_read_with_its_groups_attributes_and_comments() -> None:
    model = read_model(SERVER.replace("\t", "  "))
    assert model.namespace == "Server"
    assert model.root == Feature(
        "Server",
        (
            FeatureGroup(
                "mandatory",
                (
                    Feature(
                        "FileSystem",
                        (
                            FeatureGroup(
                                "or",
                                (Feature("NTFS"), Feature("AP FS (new)", (), {"name_ko": "에이", "price": 200})),
                            ),
                        ),
                    ),
                ),
            ),
            FeatureGroup("optional", (Feature("Logging", (), {"default": True, "log_level": "warn"}), Feature("청자"))),
        ),
        {"abstract": True},
    )
    assert [(each.line, each.column, each.formula) for each in model.constraints] == [
        (19, 18, Implies(Named("NTFS"), Not(Named("Logging")))),
        (26, 3, Or((Named("Logging"), Named("청자")))),
        (28, 3, Implies(Named("NTFS"), Named("Logging"))),
    ]
    assert [(feature.name, feature.line, feature.column) for feature in model.features()][:3] == [
        ("Server", 8, 3),
        ("FileSystem", 12, 7),
        ("NTFS", 14, 11),
    ]


@pytest.mark.parametrize("indent", ["\t", "  ", " ", "        "])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_tabs_and_spaces_and_all_line_ends_are_read_alike(indent: str, newline: str) -> None:
    lines = ["features", ">A", ">>optional", ">>>B", ">>>C", "constraints", ">B | C"]
    model = read_model(newline.join(lines).replace(">", indent))
    assert model.root == Feature("A", (FeatureGroup("optional", (Feature("B"), Feature("C"))),))
    assert [constraint.line for constraint in model.constraints] == [7]


def test_every_kind_of_value_is_kept() -> None:
    values = (
        "on, off false, whole -3, part 1.5, small -.5, words 'a // b', none {}, one [7], list [1, 'x', [2], {d true}]"
    )
    model = read_model(f"features\n A {{{values}}}")
    assert model.root.attributes == {
        "on": True,
        "off": False,
        "whole": -3,
        "part": Decimal("1.5"),
        "small": Decimal("-0.5"),
        "words": "a // b",
        "list": [1, "x", [2], {"d": True}],
        "one": [7],
        "none": {},
    }


A, B, C, D = map(Named, "ABCD")


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("A & B | C & D", Or((And((A, B)), And((C, D))))),
        ("!A & B", And((Not(A), B))),
        ("!(A & B)", Not(And((A, B)))),
        ("!!A", Not(Not(A))),
        ("A | B => C <=> D", Iff(Implies(Or((A, B)), C), D)),
        ("A => B => C", Implies(Implies(A, B), C)),
        ("A => (B => C)", Implies(A, Implies(B, C))),
        ("A <=> B <=> C", Iff(Iff(A, B), C)),
        ('"A"&B', And((A, B))),
    ],
)
def test_signs_bind_as_the_grammar_says(text: str, formula: Formula) -> None:
    model = read_model(f"features\n A\n  optional\n   B\n   C\n   D\nconstraints\n {text}")
    assert model.constraints[0].formula == formula


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        # outside the Boolean core
        ("imports\n other as o\nfeatures\n A", 1, 1, errors.IMPORTS),
        ("features\n A\n  [1..2]\n   B", 3, 3, errors.GROUP_CARDINALITY),
        ("features\n A\n  [2]\n   B", 3, 3, errors.GROUP_CARDINALITY),
        ("features\n A\n  [1..*]\n   B", 3, 3, errors.GROUP_CARDINALITY),
        ("features\n A\n  or\n   B cardinality [1..5] {x}", 4, 6, errors.FEATURE_CARDINALITY),
        ("features\n A\n  or\n   Integer B", 4, 4, errors.TYPED),
        ('features\n A\n  or\n   String "B b"', 4, 4, errors.TYPED),
        ("features\n Real A", 2, 2, errors.TYPED),
        ("features\n A\nconstraints\n A > 3", 4, 4, errors.ARITHMETIC),
        ("features\n A\nconstraints\n A == 'x'", 4, 4, errors.ARITHMETIC),
        ("features\n A\nconstraints\n (A - A)", 4, 5, errors.ARITHMETIC),
        ("features\n A\nconstraints\n A -1", 4, 4, errors.ARITHMETIC),
        ("features\n A\nconstraints\n A => 3 < A", 4, 7, errors.VALUE_IN_FORMULA),
        ("features\n A\nconstraints\n 'x' == A", 4, 2, errors.VALUE_IN_FORMULA),
        ("features\n A\nconstraints\n A & sum(Price) < 3", 4, 6, errors.AGGREGATE),
        ("features\n A\nconstraints\n len(A) > 3", 4, 2, errors.AGGREGATE),
        ("features\n A\nconstraints\n A.Price > 3", 4, 2, errors.DOTTED),
        ("features\n A\n  or\n   o.B", 4, 4, errors.DOTTED),
        # badly written
        ("", 1, 1, errors.NO_FEATURES),
        ("// nothing\n", 2, 1, errors.NO_FEATURES),
        ("features", 1, 9, errors.NO_FEATURES),
        ("feature\n A", 1, 1, errors.EXPECTED_SECTION),
        ("features\n A\nfeatures\n B", 3, 1, errors.EXPECTED_SECTION),
        ("features\n A\nconstraints\n A\nrest", 5, 1, errors.EXPECTED_SECTION),
        ("features A", 1, 10, errors.EXPECTED_LINE_END),
        ("features\n A\n B", 3, 2, errors.ONE_ROOT),
        ("features\n A\n  B", 3, 3, errors.EXPECTED_GROUP),
        ("features\n A\n  or\n  and\n   B", 4, 3, errors.EXPECTED_DEEPER),
        ("features\n A\n   or\n    B\n  or\n    C", 5, 3, errors.UNEVEN),
        ("features\n A\n  or\n   B\n   A", 5, 4, errors.DOUBLED),
        ("features\n 3D", 2, 2, errors.EXPECTED_NAME),
        ("features\n A\n  or\n   B-C", 4, 5, errors.EXPECTED_LINE_END),
        ("features\n A\n  or\n   B C", 4, 6, errors.EXPECTED_LINE_END),
        ("features\n A {x @}", 2, 7, errors.STRANGE_CHARACTER),
        ("features\n A {x ]}", 2, 7, errors.UNOPENED),
        ("features\n A {x", 2, 4, errors.UNCLOSED),
        ("features\n A {x /* }", 2, 7, errors.UNCLOSED),
        ("features\n A {x =>}", 2, 7, errors.EXPECTED_VALUE),
        ("features\n A {x 1 y 2}", 2, 9, errors.EXPECTED),
        ('features\n A {x "two\nlines"}', 2, 7, errors.STRANGE_CHARACTER),
        ("features\n A\nconstraints\n A &", 4, 5, errors.EXPECTED_FORMULA),
        ("features\n A\nconstraints\n A A", 4, 4, errors.EXPECTED_LINE_END),
        ("features\n A\nconstraints\n A => B", 4, 7, errors.UNKNOWN),
        ("features\n A {constraint B}", 2, 16, errors.UNKNOWN),
    ],
)
def test_what_is_wrong_or_outside_the_core_is_refused_where_it_stands(
    text: str, line: int, column: int, message: str
) -> None:
    with pytest.raises(UvlError) as refused:
        read_model(text)
    assert (refused.value.line, refused.value.column, refused.value.message) == (line, column, message)
    assert str(refused.value).startswith(f"line {line}, column {column}: ")


def nested(levels: int) -> str:
    rows = (f"{'  ' * level} F{level}\n{'  ' * level}  or\n" for level in range(levels))
    return "features\n" + "".join(rows) + f"{'  ' * levels} End\n"


HOSTILE = {
    "long": ("features\n A" + " " * errors.MOST_CHARACTERS, errors.TOO_LONG),
    "deep tree": (nested(300), errors.TOO_DEEP),
    "deep parentheses": (f"features\n A\nconstraints\n {'(' * 100_000}A", errors.TOO_DEEP),
    "deep attributes": (f"features\n A {'{x ' * 100_000}", errors.TOO_DEEP),
    "many signs": (f"features\n A\nconstraints\n {'!' * 100_000}A", errors.TOO_DEEP),
    "many arrows": (f"features\n A\nconstraints\n A{' => A' * 60_000}", errors.TOO_DEEP),
    "wide tree": (
        "features\n A\n  optional\n" + "".join(f"   F{n}\n" for n in range(40_000)),
        errors.TOO_MANY_FEATURES,
    ),
    "many constraints": ("features\n A\nconstraints\n" + " A\n" * 20_000, errors.TOO_MANY_CONSTRAINTS),
    "many words": ("!" * 400_000, errors.TOO_MANY_TOKENS),
    "an unclosed comment": ("/* *" * 100_000 + "/ /*" + "*" * 90_000, errors.UNCLOSED),
    "quotes": ('"' * 400_000, errors.STRANGE_CHARACTER),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_without_much_work(name: str) -> None:
    text, message = HOSTILE[name]
    with pytest.raises(UvlError) as refused:
        read_model(text)
    assert refused.value.message == message


def test_the_limits_let_large_files_through() -> None:
    rows = "".join(f"   F{number}\n" for number in range(errors.MOST_FEATURES - 1))
    model = read_model(f"features\n A\n  optional\n{rows}constraints\n {' & '.join(['A'] * 1_000)}")
    assert len(list(model.features())) == errors.MOST_FEATURES
    assert isinstance(read_model(nested(25)).root, Feature)


@given(st.text(alphabet="features A\n\tor(){}[]'\"/*&|!=><.,1 constraints\ufeff"))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        model = read_model(f"features\n A {text}")
    except UvlError as refusal:
        error: UvlError | None = refusal
    else:
        error = None
        assert model.root.name == "A"
    assert error is None or error.line <= text.count("\n") + 2

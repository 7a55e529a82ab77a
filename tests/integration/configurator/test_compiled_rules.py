"""A published version's rules are compiled once, by a worker, for every process."""

from datetime import datetime

import pytest

from configurator import selectors
from configurator.models import CompiledRules, ProductVersion
from configurator.rules_service import COMPILE_TOPIC, ask_for_compilation, compile_rules
from configurator.selectors import definition_of
from configurator.tasks import compile_rules_of
from core.models import OutboxMessage
from editions.models import Edition

pytestmark = pytest.mark.django_db
COUNT = 8864


@pytest.fixture
def version(edition: Edition, monkeypatch: pytest.MonkeyPatch) -> ProductVersion:
    """The demo's version, in a process that has not read it yet."""
    monkeypatch.setattr(selectors, "_parsed", {})
    monkeypatch.setattr(selectors, "_looked_at", {})
    return edition.version


def test_publishing_asks_a_worker_to_compile_once(version: ProductVersion) -> None:
    ask_for_compilation(version)

    message = OutboxMessage.objects.get(topic=COMPILE_TOPIC)
    assert message.payload == {"version_id": version.pk}


def test_what_is_compiled_already_is_not_asked_for(version: ProductVersion, now: datetime) -> None:
    compile_rules(version_id=version.pk, now=now)
    OutboxMessage.objects.filter(topic=COMPILE_TOPIC).delete()

    ask_for_compilation(version)

    assert not OutboxMessage.objects.filter(topic=COMPILE_TOPIC).exists()


def test_compiling_twice_keeps_one_row(version: ProductVersion) -> None:
    compile_rules_of(version_id=version.pk)
    compile_rules_of(version_id=version.pk)

    row = CompiledRules.objects.get()
    assert (row.content_hash, row.nodes > 0) == (version.content_hash, True)


def test_a_process_takes_over_what_was_compiled(
    version: ProductVersion, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_rules(version_id=version.pk, now=now)
    monkeypatch.setattr("configurator.rules.engine.compile_diagram", lambda *_: pytest.fail("compiled again"))

    assert definition_of(version).engine.count({}) == COUNT


def test_until_then_a_process_answers_by_itself_and_looks_again(
    version: ProductVersion, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr("configurator.selectors.time.monotonic", lambda: clock[0])
    before = definition_of(version).engine.diagram
    compile_rules(version_id=version.pk, now=now)

    clock[0] = selectors.SECONDS_BETWEEN_LOOKS
    assert definition_of(version).engine.diagram is before
    clock[0] += 0.1
    assert definition_of(version).engine.diagram is not before
    assert definition_of(version).engine.count({}) == COUNT


def test_rules_too_entangled_to_compile_are_remembered_as_such(version: ProductVersion, now: datetime) -> None:
    row = compile_rules(version_id=version.pk, now=now, cap=3)

    assert (row.diagram, row.nodes) == (None, 0)
    engine = definition_of(version).engine
    assert engine.count({}) is None
    assert engine.domains(definition_of(version).started())

"""Compiling a version's rules once, for every process."""

from datetime import datetime

from configurator.definition import read_definition
from configurator.models import CompiledRules, ProductVersion
from configurator.rules import NODE_CAP
from core import outbox

COMPILE_TOPIC = "configurator.compile_rules"


def ask_for_compilation(version: ProductVersion) -> None:
    """Have a worker compile the rules of a version after the commit, unless they are compiled already."""
    if not CompiledRules.objects.filter(content_hash=version.content_hash).exists():
        outbox.enqueue_once(COMPILE_TOPIC, version_id=version.pk)


def compile_rules(*, version_id: int, now: datetime, cap: int = NODE_CAP) -> CompiledRules:
    """Compile a version's rules and keep the diagram, or that there is none with at most `cap` nodes; idempotent."""
    version = ProductVersion.objects.get(pk=version_id)
    known = CompiledRules.objects.filter(content_hash=version.content_hash).first()
    if known:
        return known
    diagram = read_definition(version.definition).engine.compile(cap)
    row, _ = CompiledRules.objects.get_or_create(
        content_hash=version.content_hash,
        defaults={
            "diagram": diagram.as_bytes() if diagram else None,
            "nodes": diagram.nodes if diagram else 0,
            "compiled_at": now,
        },
    )
    return row

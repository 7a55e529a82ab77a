"""What the worker does for products: the handlers of the outbox's topics."""

from typing import Any

from configurator import appeals
from configurator.rules_service import COMPILE_TOPIC, compile_rules
from core import outbox
from core.clock import now


@outbox.handler(COMPILE_TOPIC)
def compile_rules_of(*, version_id: int, **_: Any) -> None:
    """Compile the rules of a version that was published."""
    compile_rules(version_id=version_id, now=now())


@outbox.handler(appeals.DECIDED_TOPIC)
def send_appeal_letter(*, appeal_id: int, status: str, **_: Any) -> None:
    """Tell a customer what was decided about her text."""
    appeals.send_letter(appeal_id=appeal_id, status=status)

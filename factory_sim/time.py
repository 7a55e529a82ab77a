"""Factory time: what a plant's clock shows at a real moment."""

from datetime import datetime, timedelta

from factory_sim.models import FactoryClock


def factory_now(clock: FactoryClock, now: datetime) -> datetime:
    """factory_anchor + (now - real_anchor) · speed; the anchor itself while the clock is paused."""
    if clock.paused:
        return clock.factory_anchor
    elapsed = max((now - clock.real_anchor).total_seconds(), 0.0)
    return clock.factory_anchor + timedelta(seconds=elapsed * clock.speed)

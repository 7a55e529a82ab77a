"""A plant and its pieces on the engine: names become arrays, the engine's log becomes events. Pure; for workers."""

from factory_sim.live.run import Outcome, run
from factory_sim.standing import MachineEvent, Machines, MachineStanding, OperationStanding

__all__ = ["MachineEvent", "MachineStanding", "Machines", "OperationStanding", "Outcome", "run"]

"""A simulated council: what really happened, and what its systems and providers say of it.

`simulate` yields events in the order in which they arrive; the truth is written as it
happens, before anything is lost, doubled or mislogged. The same seed gives the same bytes.
"""

from simulation.days import Arrival, simulate
from simulation.plan import Plan

__all__ = ["Arrival", "Plan", "simulate"]

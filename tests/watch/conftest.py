"""What the laws of lives begin with."""

from tests.projections.conftest import new_log

__all__ = ["new_log"]

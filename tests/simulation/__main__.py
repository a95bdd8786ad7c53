"""`make simulate-report`: recall and precision by kind, with the usual noise. No floor."""

from __future__ import annotations

from simulation import Plan
from tests.simulation.comparing import judged


def main() -> None:
    """Print one line a kind."""
    print(f"{'kind':24} {'true':>6} {'found':>6} {'recall':>7} {'precision':>9}")
    for one in judged(Plan()):
        print(
            f"{one.kind:24} {one.planted.total():6} {one.found.total():6}"
            f" {one.recall:7.3f} {one.precision:9.3f}"
        )


if __name__ == "__main__":
    main()

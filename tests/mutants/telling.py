"""How the mutations are written down."""

from __future__ import annotations

Changes = tuple[tuple[str, str], ...]
"""Words of a query, and what they are changed to: one clause at a time."""

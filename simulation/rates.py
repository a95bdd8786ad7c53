"""How often things happen. A rate that is published names where; the others are assumed."""

LATE = 0.1
"""Visits that begin more than 30 minutes late: one in ten.
Source: Corporate Watch, "Short, badly paid and late", from 31 councils' call monitoring."""

SHORT = 0.07
"""Visits shorter than 15 minutes. Source: as above."""

LOGGED = 0.9
"""Visits that a careless provider logs. Assumed; Central Bedfordshire expects 85 % at least."""

TWICE = 0.02
"""Statements that are sent twice. Assumed."""

HOURS_LATE = 0.03
"""Statements that arrive hours after they were made. Assumed."""

DAYS_LATE = 0.004
"""Statements that arrive days after they were made. Assumed."""

CORRECTED = 0.01
"""Check-outs that were first said wrongly, and corrected by a higher sequence. Assumed."""

MANUAL = 0.05
"""Check-ins that a coordinator enters by hand. Assumed; contracts commonly allow 10 %."""

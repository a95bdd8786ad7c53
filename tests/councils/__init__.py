"""Small councils' feeds as hypothesis draws them, and clocks to judge them by.

A feed is a list of events as feed.md has them; it is told by a `Telling`, in which every
choice is the draw's. `contracts`, `people`, `policies`, `visits`, `weeks` and `others`
tell one part each, `afterthoughts` restates and takes back. Few names, few values and one
day on which most things happen let statements collide, and thresholds be met exactly.
"""

from .clocks import cases, clocks
from .feeds import feeds

__all__ = ["cases", "clocks", "feeds"]

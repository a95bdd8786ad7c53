"""Provider and council systems: the wire, intake, and what carries the feed."""

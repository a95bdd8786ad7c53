"""How fast, in one run, against the plain way of doing it."""

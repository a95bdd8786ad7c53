"""Rules with one clause changed: each must be seen by a test (`make mutants`)."""

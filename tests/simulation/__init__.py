"""Tests of `simulation`, and of what is found of it."""

"""Tests of `consumers`."""

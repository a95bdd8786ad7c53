"""Tests of what survives: kills, full disks, statements that fail."""

"""Auditors: what was said, when we knew it, and what it came to."""

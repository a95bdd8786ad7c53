"""The tests: each name is a true sentence about the product."""

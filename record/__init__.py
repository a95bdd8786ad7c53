"""The only writer of the log: append in bulk, once, and read it back."""

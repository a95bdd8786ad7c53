"""Workers, brokers and networks that fail, and what must be true of the log all the same."""

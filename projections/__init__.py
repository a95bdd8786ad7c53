"""The log in columns: segments, facts and findings, each a question in readable SQL."""

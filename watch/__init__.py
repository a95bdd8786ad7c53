"""As events arrive and time passes: the log followed, the present kept up to it."""

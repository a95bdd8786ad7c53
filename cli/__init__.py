"""The `counterfoil` command: one module a command."""

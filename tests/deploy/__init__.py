"""How it is run: what compose.yaml, the Dockerfile, the units and the guide name is there."""

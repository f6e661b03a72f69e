"""Room: the model families. One file per thing."""

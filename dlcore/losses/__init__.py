"""Room: the losses. One file per thing."""

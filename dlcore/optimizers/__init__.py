"""Room: the optimizers. One file per thing."""

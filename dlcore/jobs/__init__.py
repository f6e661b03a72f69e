"""Room: work beside runs. One file per thing."""

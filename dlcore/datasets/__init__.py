"""Room: the data sets. One file per thing."""

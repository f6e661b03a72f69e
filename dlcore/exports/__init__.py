"""Room: the forms in which a run leaves the lab. One file per thing."""

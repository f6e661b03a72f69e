"""Room: how weights start. One file per thing."""

"""Room: charts as pure functions. One file per thing."""

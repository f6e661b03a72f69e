"""Room: learning-rate schedules. One file per thing."""

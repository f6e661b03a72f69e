"""Room: what the course claims, put to the test. One file per claim."""

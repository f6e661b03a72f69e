"""Room: the notebooks of the course. One file per notebook."""

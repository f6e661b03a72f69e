"""The daemon: queue, cluster, folding of what workers report."""

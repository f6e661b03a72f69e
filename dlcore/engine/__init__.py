"""The worker's side: compiled loops, probes, checkpoints. Imports Keras; nothing but workers imports it."""

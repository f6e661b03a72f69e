"""What decides which values a search tries next: keras-tuner's oracles, in a process of their own."""

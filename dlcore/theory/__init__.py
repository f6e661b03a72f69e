"""The arithmetic behind the pages: NumPy only, imports nothing of ours."""

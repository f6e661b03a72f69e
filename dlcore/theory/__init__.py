"""The arithmetic behind the pictures, NumPy only."""

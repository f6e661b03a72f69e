"""Searches as checked values: what is tried, where, and what for."""

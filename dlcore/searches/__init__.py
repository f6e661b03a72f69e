"""The room of searches: what is worth varying, one preset in each file."""

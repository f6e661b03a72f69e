"""The room of exercises: what the course gives to do with data of one's own, one exercise in each file."""

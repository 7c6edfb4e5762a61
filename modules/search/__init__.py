"""Search: finding posts, people and tags."""

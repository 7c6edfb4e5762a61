"""Timelines: each user's home, kept as a window in Redis, right without it. See README.md."""

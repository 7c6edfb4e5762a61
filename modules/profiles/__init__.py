"""Profiles: how people present themselves; see README.md."""

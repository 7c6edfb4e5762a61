"""Realtime: see README.md."""

"""Realtime: what happens, told at once."""

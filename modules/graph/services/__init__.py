"""Writes of graph."""

"""Reads of graph."""

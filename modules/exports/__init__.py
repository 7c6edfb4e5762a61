"""Exports: see README.md."""

"""Erasure: see README.md."""

"""Mailings: see README.md."""

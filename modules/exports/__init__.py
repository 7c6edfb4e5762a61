"""Exports: archives of what is one's own, and reports of a year."""

"""Media: see README.md."""

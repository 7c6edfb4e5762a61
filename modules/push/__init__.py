"""Push: see README.md."""

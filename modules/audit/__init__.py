"""What was done, by whom and for whom, for good; see README.md."""

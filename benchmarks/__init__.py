"""What the hot paths cost, each beside the least that the same work can cost. See README.md."""

"""What `make up` and its neighbors promise, on real processes."""

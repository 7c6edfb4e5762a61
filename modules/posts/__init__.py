"""Posts: what people publish, and its finished cards. See README.md."""

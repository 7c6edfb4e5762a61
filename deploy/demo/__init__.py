"""The demo: a follow graph and texts, loaded in bulk through the shards, then lived in for real."""

"""What operators see: every server, process and queue at a glance (docs/operations.md#watch)."""

"""Metrics for Prometheus (docs/metrics.md); where BANYAN_METRICS is off, nothing here is loaded."""

"""Traces for OpenTelemetry (docs/tracing.md); where BANYAN_OTLP_ENDPOINT is empty, nothing here is loaded."""

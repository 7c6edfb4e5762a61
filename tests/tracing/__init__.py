"""What OpenTelemetry's collectors and Sentry are told."""

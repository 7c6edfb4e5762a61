"""What Prometheus and Grafana are given (docs/metrics.md)."""

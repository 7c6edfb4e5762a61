"""What Prometheus is told, and what is made of it."""

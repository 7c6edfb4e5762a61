"""Settings: `base` for development and the embedded stack, `production`, `test`."""

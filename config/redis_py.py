"""
redis-py, without what it loads of OpenTelemetry for metrics of its own wherever that is installed.

Nobody here asks for those; they cost each process a tenth of a second of its start and 3 MB. So this is
imported before anybody else imports `redis`.
"""

import sys

if "opentelemetry" not in sys.modules:
    sys.modules["opentelemetry"] = None  # type: ignore[assignment]  # as Python writes down what is not there
    try:
        import redis  # noqa: F401 - from here on it is there
    finally:
        del sys.modules["opentelemetry"]

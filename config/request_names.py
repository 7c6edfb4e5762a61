"""What requests are called in metrics and traces: names of a bounded number, whatever strangers send."""

from django.urls import ResolverMatch

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def name_of(match: ResolverMatch | None, method: str) -> str:
    """Return the operation, or else the route: never a path, of which strangers could make any number."""
    if match is None:
        return "unrouted"
    operations = getattr(getattr(match.func, "cls", None), "operations", {})
    operation = operations.get("GET" if method == "HEAD" else method)
    return match.route or "/" if operation is None else str(operation.id)

"""The one ordered list of contexts; a test compares it with the folders and the import contracts."""

CONTEXTS = [
    "mail",
    "audit",
    "accounts",
    "graph",
    "media",
    "profiles",
    "posts",
    "timelines",
    "search",
    "notifications",
    "realtime",
    "push",
    "exports",
    "erasure",
    "mailings",
]

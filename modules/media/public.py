"""The door of media; nothing goes through it yet."""

__all__: list[str] = []

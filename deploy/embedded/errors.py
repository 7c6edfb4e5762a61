"""What may go wrong with the stack, in words for the person at the terminal."""


class StackError(Exception):
    """The stack cannot do what was asked; the text says why and what to do."""

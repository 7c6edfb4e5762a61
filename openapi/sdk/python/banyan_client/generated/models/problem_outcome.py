from enum import StrEnum


class ProblemOutcome(StrEnum):
    NONE = "none"
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return str(self.value)

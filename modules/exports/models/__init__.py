"""Tables of exports."""

from modules.exports.models.exports import Allowance, Export

__all__ = ["Allowance", "Export"]

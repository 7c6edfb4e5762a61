"""The contract: how it is drawn from the endpoints, and `banyan.yaml`, what was agreed."""

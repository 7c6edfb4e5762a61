"""Erasure: accounts that go for good, and the receipts of it."""

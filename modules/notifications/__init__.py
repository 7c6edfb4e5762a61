"""Notifications: see README.md."""

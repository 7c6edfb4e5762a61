"""Notifications: what somebody is told of, grouped."""

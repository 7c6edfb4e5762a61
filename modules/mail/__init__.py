"""Mails that wait for a worker to send them; see README.md."""

"""Mailings: digests at the user's hour, and the newsletter."""

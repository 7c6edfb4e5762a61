"""Media: images and videos, without a byte in the API."""

"""Redis for what every request asks: many commands in one round trip, to one server or several at once."""

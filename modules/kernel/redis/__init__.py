"""Redis for what every request asks: any number of commands in one round trip, a client by purpose."""

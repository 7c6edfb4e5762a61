"""
The database door: `ENGINE = "sharding.backend"`, Django's PostgreSQL with a way out of every wait.

All of Banyan goes through it: the ORM, raw cursors, other people's queries to the directory, the relay.
"""

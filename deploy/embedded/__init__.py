"""The embedded topology behind `make up` and the tests: PostgreSQL and Redis from wheels, no Docker."""

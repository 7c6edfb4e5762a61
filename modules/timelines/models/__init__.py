"""The table of this context is no table: windows live in Redis, and every one can be pulled anew."""

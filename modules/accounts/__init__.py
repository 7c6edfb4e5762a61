"""Who somebody is: accounts, their unique names, sessions, and the principal of a request."""

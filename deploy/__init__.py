"""How Banyan is set up: by itself on one machine (embedded), with people to look at (demo), on servers."""

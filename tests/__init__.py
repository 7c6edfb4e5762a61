"""Everything that is claimed about Banyan, on real servers."""

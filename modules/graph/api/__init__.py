"""HTTP of graph."""

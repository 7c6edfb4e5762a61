"""What all contexts share and none owns: it has no table and imports no context."""

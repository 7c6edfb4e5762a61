"""The only tier that sees everything: settings, wiring, processes."""

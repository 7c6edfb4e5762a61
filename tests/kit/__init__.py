"""What tests of several folders use; what one folder alone uses lies there. `tests/README.md` is the list."""

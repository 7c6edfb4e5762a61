"""What the tests of several folders use; what one folder alone uses lies there. `tests/README.md` names the files."""

"""Profiles of deploy/profiles, run: `make profiles-test`, which installs what of Debian's is not there."""

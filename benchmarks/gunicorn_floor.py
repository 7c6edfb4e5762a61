"""The floor's gunicorn: Banyan's configuration without what tells of Banyan's processes."""

from config.gunicorn import *  # noqa: F403

# They would load the application.
del post_worker_init, worker_exit  # noqa: F821

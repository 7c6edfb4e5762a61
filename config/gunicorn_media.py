"""
gunicorn's configuration of the server of media (config/media_server.py), where they lie in a folder.

Its threads wait for clients, which is why it is not the API's: nginx takes uploads whole before it passes
them on, and sends files itself. Without nginx, in `make up`, sixteen may be at it at once.
"""

from config.env import load

_env = load()

bind = f"{_env.host}:8001"
worker_class = "gthread"
workers = 1
threads = 16
timeout = 60
graceful_timeout = 20
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
forwarded_allow_ips = "127.0.0.1"
control_socket_disable = True
worker_tmp_dir = "/dev/shm"  # noqa: S108 - in memory, so that a busy disk delays no heartbeat
accesslog = None

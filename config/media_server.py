"""
The process that takes and serves media where they lie in a folder.

`gunicorn -c config/gunicorn_media.py config.media_server` starts it. It has nothing of the application but
its settings; what it lets in is what the API has signed.
"""

from config.env import load
from modules.media.storages.server import MediaServer
from modules.media.storages.signing import Signer

_env = load()
application = MediaServer(
    folder=_env.media_dir,
    signer=Signer([_env.secret_key, *_env.secret_key_fallbacks]),
    origins=frozenset(_env.cors_origins),
    accel=_env.media_accel,
)

"""Where images and videos lie; none of it is loaded before somebody asks for it."""

from typing import Any

from config.env import Env
from modules.media.schemas import MediaSettings


def media(env: Env) -> MediaSettings:
    """Return the figures of media."""
    return MediaSettings(purge_url=env.media_purge_url)


def storage(env: Env) -> dict[str, Any]:
    """Return the entry of Django's STORAGES; a folder's server trusts what our key has signed."""
    if env.media_storage == "s3":
        return {
            "BACKEND": "modules.media.storages.s3.S3MediaStorage",
            "OPTIONS": {
                "bucket": env.media_s3_bucket,
                "region": env.media_s3_region,
                "endpoint": env.media_s3_endpoint,
                "public_endpoint": env.media_s3_public_endpoint,
                "base_url": env.media_url,
                "access_key": env.media_s3_access_key,
                "secret_key": env.media_s3_secret_key,
            },
        }
    return {
        "BACKEND": "modules.media.storages.files.FileMediaStorage",
        "OPTIONS": {
            "location": str(env.media_dir),
            "base_url": env.media_url,
            "secrets": [env.secret_key, *env.secret_key_fallbacks],
        },
    }

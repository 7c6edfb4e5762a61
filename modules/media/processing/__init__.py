"""
Turn one uploaded file into safe variants, in a limited process of its own.

It knows no model, no setting and no network; `process` starts `python -m modules.media.processing` with
limits and without an environment, and believes nothing that it says unseen. What is read: JPEG, PNG, WebP,
GIF and AVIF, moving ones as well. Videos are looked at by `probe`, and never decoded.
"""

from modules.media.processing.child import process
from modules.media.processing.outcomes import Outcome, Variant
from modules.media.processing.refusals import Reason, Refused
from modules.media.processing.videos import HEAD_BYTES, Video, probe

__all__ = ["HEAD_BYTES", "Outcome", "Reason", "Refused", "Variant", "Video", "probe", "process"]

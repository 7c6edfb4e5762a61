"""How much of a picture is read, and how much of the machine reading it may take."""

MIB = 1024 * 1024

# What a file may be. 5712 x 4284, the "24 megapixels" of today's phones, is 24.5 million.
MAX_BYTES = 20 * MIB
MAX_PIXELS = 25_000_000
# JPEG that is not progressive is decoded at a half, a quarter or an eighth of its size where that is enough:
# 8192 x 6144 costs less memory than half as many pixels of PNG.
MAX_PIXELS_OF_JPEG = 51_000_000
MAX_SIDE = 16_383
MAX_RATIO = 100
MAX_FRAMES = 600
# Of all frames together, which is what an animation costs: each is decoded whole, whatever it changes. So
# many take half of the CPU and a third of the memory that there is (`python -m benchmarks.pictures`).
MAX_PIXELS_OF_FRAMES = 80_000_000
# A progressive JPEG has about ten; each more costs a pass over all of it.
MAX_SCANS = 64
# Profiles of printing presses reach two; a larger one is left unread.
MAX_PROFILE_BYTES = 3 * MIB
MAX_VIDEO_BYTES = 500 * MIB

# What the child may take. An address space, not resident memory: Linux limits no other.
MEMORY_BYTES = 512 * MIB
CPU_S = 10
# Less than a worker's soft limit for a task (50 s); a nice process may wait long for its turn.
WALL_S = 40
FILE_BYTES = 16 * MIB
OPEN_FILES = 32
NICENESS = 5
# Of its two streams, what is read.
MAX_ANSWER_BYTES = 64 * 1024

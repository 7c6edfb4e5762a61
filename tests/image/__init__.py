"""
`make image-test`: the image and docker-compose.yml as an operator uses them, on an engine of their own.

It has a program of its own, not pytest: each step needs the one before, and an engine is no throwaway stack.
"""

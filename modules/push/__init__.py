"""Push: notifications on browsers and apps."""

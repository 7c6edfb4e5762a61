"""What Redis keeps of realtime."""

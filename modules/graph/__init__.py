"""Graph: who follows whom; see README.md."""

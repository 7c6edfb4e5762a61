"""`/live`: the demo in two browser windows, where what one does is seen in the other at once."""

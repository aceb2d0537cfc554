"""The local page: runs studies and shows reports on the user's own machine. No logic of its own."""

"""The daemon's local socket: health, and the writing that commands ask it to do."""

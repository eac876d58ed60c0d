"""The people of a desk at work, and what they have to show for it."""

"""What the admin decides about mail, in rules; pure."""

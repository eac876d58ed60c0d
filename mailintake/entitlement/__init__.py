"""May this person open a ticket under this contract? Pure, given the facts."""

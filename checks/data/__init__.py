"""Tables that the checks read: what Azure resource types hold, with the grounds for it."""

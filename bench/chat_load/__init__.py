"""A WebSocket load generator that is cheaper than the servers it measures."""

"""The live path: hub, writer, sessions. It carries frames and knows no domain."""

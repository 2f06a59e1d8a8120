"""The promises to customers and agents, kept by a real server: HTTP, sockets and SMTP from outside."""

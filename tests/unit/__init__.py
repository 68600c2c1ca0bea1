"""Need nothing but Python; no sockets beyond loopback, no waiting."""

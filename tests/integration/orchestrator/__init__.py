"""What the domain promises on real servers: PostgreSQL beside SQLite, Redis, HTTP receivers, the emulator."""

"""Real servers over real sockets, all started by the tests themselves."""

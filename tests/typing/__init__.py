"""Never executed: type checkers prove here that the public hints hold."""

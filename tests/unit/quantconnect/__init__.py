"""The library, without network and without waiting."""

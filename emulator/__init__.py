"""A local QuantConnect: the cloud API v2 over real HTTP, for development, demos and tests.

Stands alone: it shares no code with the client it is used to test, so the two cannot be wrong together.
Start it with `qcjobs emulator`, or inside a test with `emulator.server.running(EmulatorOptions(...))`.
"""

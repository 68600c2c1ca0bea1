"""A machine that tries to break the promises: jobs on the emulator while processes, Redis, network, disk, clock and the
cloud fail, one profile after the other. `python -m benchmarks.chaos --help`.
"""

"""Everything `qcjobs up` starts on one machine with nothing installed but Python.

Part of floor 4 (composition). Knows processes, ports and files; of the services it starts it knows the command line
and how to tell that they are ready, nothing else. The public face is `up.py`: `start`, `start_detached`, `stop`,
`status`.
"""

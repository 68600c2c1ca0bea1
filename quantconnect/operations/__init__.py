"""Everything the clients can do, one plain function per method, one file per resource.

An operation says what is asked and what becomes of the answer. It performs nothing, so the synchronous and the
asynchronous client share it: signature, docstring and behaviour are written once. Knows the endpoints, and nothing
above.
"""

"""A type for each kind of id, so that none is passed in the place of another. Ids are the only safe keys:
names may be changed by the server.
"""

from typing import NewType

ProjectId = NewType("ProjectId", int)
#: 32 hexadecimal digits.
BacktestId = NewType("BacktestId", str)
#: Two times 32 hexadecimal digits with a hyphen between; the second half is the signature of the code.
CompileId = NewType("CompileId", str)
NodeId = NewType("NodeId", str)
#: 32 hexadecimal digits.
OrganizationId = NewType("OrganizationId", str)

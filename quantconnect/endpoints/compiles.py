"""Compiles."""

from quantconnect.endpoints.base import REFERENCE, Endpoint
from quantconnect.models.compiles import Compile, CreateCompile, CreatedCompile, ReadCompile

_PAGES = REFERENCE + "compiling-code/"

# Twice makes two compiles of the same code, each as good as the other.
CREATE_COMPILE = Endpoint(
    "compile/create", CreateCompile, CreatedCompile, repeatable=True, source=_PAGES + "create-compilation-job"
)
READ_COMPILE = Endpoint(
    "compile/read", ReadCompile, Compile, repeatable=True, source=_PAGES + "read-compilation-result"
)

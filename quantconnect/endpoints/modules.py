"""Modules that an organization has bought."""

from quantconnect.endpoints.base import Endpoint
from quantconnect.models.modules import ListModules, ModuleFiles, ModuleLink, ReadModule

LIST_MODULES = Endpoint("modules/list", ListModules, ModuleFiles, repeatable=True, source="LEAN CLI, module client")
READ_MODULE = Endpoint("modules/read", ReadModule, ModuleLink, repeatable=True, source="LEAN CLI, module client")

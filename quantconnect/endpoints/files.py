"""Files of a project, one at a time. For all at once, `projects/update` is one request."""

from quantconnect.endpoints.base import REFERENCE, Endpoint
from quantconnect.models.base import Done
from quantconnect.models.files import DeleteFile, Files, PatchFiles, ReadFiles, RenameFile, WriteFile

_PAGES = REFERENCE + "file-management/"

# The second time fails, because the file exists.
CREATE_FILE = Endpoint("files/create", WriteFile, Files, repeatable=False, source=_PAGES + "create-file")
READ_FILES = Endpoint("files/read", ReadFiles, Files, repeatable=True, source=_PAGES + "read-file")
UPDATE_FILE: Endpoint[WriteFile | RenameFile, Files] = Endpoint(
    "files/update", WriteFile, Files, repeatable=True, source=_PAGES + "update-file"
)
# The second time the lines to change are changed already.
PATCH_FILES = Endpoint("files/patch", PatchFiles, Done, repeatable=False, source=_PAGES + "patch-file")
# The second time fails, because the file is gone.
DELETE_FILE = Endpoint("files/delete", DeleteFile, Done, repeatable=False, source=_PAGES + "delete-file")

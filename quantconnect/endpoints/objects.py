"""The object store."""

from quantconnect.endpoints.base import REFERENCE, Endpoint
from quantconnect.models.base import Done
from quantconnect.models.objects import (
    GetObjects,
    GetObjectsJob,
    ListObjects,
    ObjectDownload,
    ObjectListing,
    ObjectPropertiesReply,
    OfObject,
    SetObject,
)

_PAGES = REFERENCE + "object-store-management/"

SET_OBJECT = Endpoint(
    "object/set", SetObject, Done, repeatable=True, source=_PAGES + "upload-object-store-files", multipart=True
)
GET_OBJECTS: Endpoint[GetObjects | GetObjectsJob, ObjectDownload] = Endpoint(
    "object/get", GetObjects, ObjectDownload, repeatable=True, source=_PAGES + "get-object-store-file"
)
OBJECT_PROPERTIES = Endpoint(
    "object/properties",
    OfObject,
    ObjectPropertiesReply,
    repeatable=True,
    source=_PAGES + "get-object-store-metadata",
)
LIST_OBJECTS = Endpoint(
    "object/list", ListObjects, ObjectListing, repeatable=True, source=_PAGES + "list-object-store-files"
)
# The second time there is nothing to delete.
DELETE_OBJECT = Endpoint("object/delete", OfObject, Done, repeatable=False, source=_PAGES + "delete-object-store-file")

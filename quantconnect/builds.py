"""From a project's files to a compile that backtests and deployments can start from."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from quantconnect.async_client import AsyncQuantConnectClient
from quantconnect.errors import BuildFailed, StillRunning
from quantconnect.models.ids import CompileId, ProjectId
from quantconnect.patience import Patience
from quantconnect.polling import next_poll

#: A compile takes seconds; one that takes longer than this will not end. (LEAN waits less.)
LONGEST_COMPILE: Final = timedelta(minutes=10)


async def push(client: AsyncQuantConnectClient, project_id: ProjectId, files: Mapping[str, str]) -> None:
    """Bring these files into the project, and leave its others as they are.

    At most two requests, whatever the number of files; one, when the project holds them already.
    """
    cloud = {file.name: file.content or "" for file in await client.files.read(project_id) if not file.is_library}
    if any(cloud.get(name) != content for name, content in files.items()):
        # The API takes the complete new content of a project and deletes what is not in it.
        kept = {name: content for name, content in cloud.items() if content}
        await client.projects.update(project_id, files={**kept, **files})


async def compiled(client: AsyncQuantConnectClient, project_id: ProjectId, patience: Patience) -> CompileId:
    """Compile the project as it stands.

    Raises:
        BuildFailed: With the compiler's lines.
        StillRunning: It did not end in time.
    """
    patience = patience.anew(LONGEST_COMPILE)
    build = await client.compiles.create(project_id)
    compile_id = build.compile_id
    while build.pending:
        if not await patience.wait(next_poll(patience.elapsed, None)):
            raise StillRunning("The project was not compiled in time: try again.", endpoint="compile/read")
        build = await client.compiles.read(project_id, compile_id)
    if build.failed:
        said = "; ".join(build.logs) or f"its state is {build.state}"
        raise BuildFailed(f"The project does not compile: {said[:500]}", logs=tuple(build.logs))
    return compile_id

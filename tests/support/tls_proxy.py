"""TLS in front of a server that has none, as stunnel would do it; for clients it is a server with TLS.

Run as a process of its own: `python tls_proxy.py PORT TARGET CERTIFICATE`.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Self

import trustme

from tests.support.eventually import eventually
from workers.embedded.ports import any_free, is_free


class TlsProxy:
    """Listens with TLS on loopback and hands everything on to a port of this machine."""

    def __init__(self, folder: Path, target: int) -> None:
        authority = trustme.CA()
        self.authority = folder / "ca.pem"
        authority.cert_pem.write_to_path(self.authority)
        self._certificate = folder / "server.pem"
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(self._certificate)
        self._target = target
        self.port = any_free()

    def __enter__(self) -> Self:
        command = (sys.executable, "-m", "tests.support.tls_proxy")
        self._process = subprocess.Popen((*command, str(self.port), str(self._target), str(self._certificate)))
        eventually(lambda: not is_free(self.port), within=30, what="the proxy")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()


async def _serve(port: int, target: int, certificate: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    async def hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", target)
        await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))

    server = await asyncio.start_server(hand_on, "127.0.0.1", port, ssl=context)
    await server.serve_forever()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))

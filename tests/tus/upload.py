"""Uploads a file by tuspy, a tus client that is not Parlor's.

It keeps the upload's URL in a file, so that a second run goes on where the
first was killed; TLS is checked against the certificate that
REQUESTS_CA_BUNDLE names. What it does it says on standard output.
"""

import os
import sys

from tusclient import client
from tusclient.storage import filestorage
from tusclient.uploader import Uploader


class Telling(Uploader):
    """An uploader that says where it goes on after a broken connection."""

    def get_offset(self):
        offset = super().get_offset()
        print("resumed at", offset, flush=True)
        return offset


def main() -> None:
    url, path, urls, name, room, piece, checked = sys.argv[1:]
    tus = client.TusClient(url, headers={"Authorization": "Bearer " + os.environ["TOKEN"]})
    upload = Telling(
        file_path=path,
        client=tus,
        chunk_size=int(piece),
        metadata={"filename": name, "room": room},
        retries=5,
        retry_delay=0,
        store_url=True,
        url_storage=filestorage.FileStorage(urls),
        # A piece that is cut is dropped where it has a checksum, for it cannot be checked.
        upload_checksum=checked == "checked",
    )
    print("begins at", upload.offset, flush=True)
    while upload.offset < upload.get_file_size():
        upload.upload_chunk()
        print("sent", upload.offset, flush=True)


main()

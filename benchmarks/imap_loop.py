"""The least that anybody could do with a mailbox: fetch every mail in fifties with imapclient, and throw it away.

Run as a process of its own: `python -m benchmarks.imap_loop PORT USER PASSWORD FROM [TO]`. Given a folder TO, it also
moves the mails there. Prints begin and end on the machine's monotonic clock.
"""

import json
import sys
import time

from imapclient import IMAPClient

TOGETHER = 50


def drain(port: int, user: str, password: str, source: str, target: str = "") -> tuple[float, float]:
    """Fetch everything in `source`, fifty mails at a time; when it began and ended."""
    with IMAPClient("127.0.0.1", port, ssl=False, timeout=60) as client:
        client.login(user, password)
        if target and not client.folder_exists(target):
            client.create_folder(target)
        client.select_folder(source)
        began = time.monotonic()
        uids = client.search(["UID", "1:*"])
        for start in range(0, len(uids), TOGETHER):
            some = uids[start : start + TOGETHER]
            assert len(client.fetch(some, ["BODY.PEEK[]"])) == len(some)
            if target:
                client.move(some, target)
        return began, time.monotonic()


if __name__ == "__main__":
    print(json.dumps(drain(int(sys.argv[1]), *sys.argv[2:])))

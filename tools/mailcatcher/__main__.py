"""`python -m tools.mailcatcher --smtp-port 1025 --port 8025 --folder instance/mail`."""

import argparse
import signal
import threading
from pathlib import Path
from types import FrameType

from tools.mailcatcher.server import http_door, smtp_door
from tools.mailcatcher.store import Store


def main() -> None:
    """Serve until TERM or INT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()

    store = Store(options.folder)
    page = http_door(store, options.port)
    smtp = smtp_door(store, options.smtp_port)
    smtp.start()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        # shutdown() waits for serve_forever(), which runs in this very thread.
        threading.Thread(target=page.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    page.serve_forever(poll_interval=0.1)
    page.server_close()
    smtp.stop()


if __name__ == "__main__":
    main()

"""Records of an agency for needtoknow: rows of an SQLite file for the keys that are asked. docs/sources.md explains it.

python server.py warrants.db --token token.txt --certificate server.pem --key server.key --clients agencies.pem
"""

import argparse
import hmac
import json
import sqlite3
import ssl
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

parser = argparse.ArgumentParser()
parser.add_argument("records", type=Path)
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--token", type=Path, help="file with the bearer token")
parser.add_argument("--certificate", type=Path, help="file with the server's certificate; then it speaks TLS")
parser.add_argument("--key", type=Path, help="file with its private key")
parser.add_argument("--clients", type=Path, help="file with the authority that signs clients' certificates")
options = parser.parse_args()
token = f"Bearer {options.token.read_text().strip()}" if options.token else ""


def answers(request: dict[str, Any]) -> list[dict[str, Any]]:
    """One answer for each key. A key without records has no rows. Raises: KeyError or ValueError if it cannot be."""
    table, key, columns = request["table"], request["key"], request["columns"]
    with closing(sqlite3.connect(f"{options.records.absolute().as_uri()}?mode=ro", uri=True)) as records:
        known = {name for (name,) in records.execute("SELECT name FROM pragma_table_info(?)", (table,))}
        if request["version"] != 1 or not {key, *columns} <= known:
            raise ValueError("unknown version, table or column")
        records.execute("BEGIN")  # all keys are answered from one state of the records
        select = f"SELECT {', '.join(columns)} FROM {table} WHERE {key} = ?"
        found = {each: records.execute(select, (each,)).fetchall() for each in request["keys"]}
    return [{"key": each, "rows": [dict(zip(columns, row, strict=True)) for row in found[each]]} for each in found]


class Records(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections stay open
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 1_000_000))
        given = self.headers.get("Authorization", "")
        if token and not hmac.compare_digest(given.encode(), token.encode()):
            self.reply(401, {"error": "no such token"})
            return
        try:
            self.reply(200, {"version": 1, "complete": True, "answers": answers(json.loads(body))})
        except (KeyError, TypeError, ValueError):
            self.reply(400, {"error": "no such request"})
        except sqlite3.Error:
            self.reply(503, {"error": "no records now"})

    def reply(self, status: int, message: dict[str, Any]) -> None:
        content = json.dumps(message).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """A log line here would be a place for keys to be read; needtoknow's journal has who asked."""


server = ThreadingHTTPServer(("127.0.0.1", options.port), Records)
if options.certificate:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=options.clients)
    context.load_cert_chain(options.certificate, options.key)
    context.verify_mode = ssl.CERT_REQUIRED if options.clients else ssl.CERT_NONE
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
scheme = "https" if options.certificate else "http"
print(f"{scheme}://127.0.0.1:{server.server_port}/{options.records.stem}", flush=True)
server.serve_forever()

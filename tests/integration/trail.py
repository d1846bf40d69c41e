"""The audit trail as pwreset-audit(5) describes it, by the program on that page: rows are written, sealed and verified
without any code of pwreset.

    trail = Trail(site)
    trail.write(action="request", at="2025-01-01 00:00:00.000000")     # a genuine row, not sealed
    trail.seal()                                                        # every one that is not
    trail.check(self)                                                   # the whole chain
"""

import base64
import os
import re
import secrets
from pathlib import Path

from sql_connection import literal

PAGE = Path(__file__).resolve().parent.parent.parent / "man/pwreset-audit.5"
# The page's own program, so that what it says is what is tested.
manual = {}
_shown = re.search(r'^\.Bd -literal\n(""".*?)^\.Ed$', PAGE.read_text(), re.DOTALL | re.MULTILINE).group(1)
exec(compile(_shown, PAGE.name, "exec"), manual)
PERSONAL, chain_mac, checkpoint_mac = manual["PERSONAL"], manual["chain_mac"], manual["checkpoint_mac"]
digest, row_mac = manual["personal"], manual["mac"]


class Trail:
    """The audit rows of a site's application."""

    def __init__(self, site):
        self.site = site
        self.database = site.database
        self.app = site.settings["application"]

    def keys(self):
        """[(id, bytes), …], the newest first."""
        lines = (self.site.folder / "keys/pwreset.key").read_text().split()
        return [(line.split(":")[0], base64.b64decode(line.split(":")[1])) for line in lines]

    def add_key(self):
        """A new key before the others, and current, as a rotation makes it."""
        file = self.site.folder / "keys/pwreset.key"
        line = f"k{secrets.token_hex(4)}:{base64.b64encode(os.urandom(32)).decode()}\n"
        self.use_keys(line + file.read_text())

    def use_keys(self, text):
        """The key file as given, its first key recorded as the current one, which made the checkpoint."""
        self.site.write_secret("keys/pwreset.key", text)
        key_id, key = self.keys()[0]
        self.database.sql(f"UPDATE pwreset_keys SET key_id = '{key_id}', since = UTC_TIMESTAMP(6) "
                          f"WHERE app = '{self.app}' AND purpose = 'own'")  # fmt: skip
        self.change_checkpoint(key_id, key)

    def change_checkpoint(self, key_id, key, **changes):
        """Another one in its place, if there is one, made with that key."""
        for checkpoint in self.database.sql(f"SELECT * FROM pwreset_checkpoints WHERE app = '{self.app}'"):
            checkpoint |= {"key_id": key_id} | changes
            checkpoint["mac"] = checkpoint_mac(checkpoint, key)
            values = ", ".join(f"{name} = {literal(value)}" for name, value in checkpoint.items())
            self.database.sql(f"UPDATE pwreset_checkpoints SET {values} WHERE app = '{self.app}'")

    def now(self, shift="0 SECOND"):
        return self.database.sql(f"SELECT UTC_TIMESTAMP(6) + INTERVAL {shift} AS t")[0]["t"]

    def rows(self, condition="1 = 1"):
        """As dictionaries: binary columns as bytes, times as text."""
        return self.database.sql(f"SELECT * FROM pwreset_audit WHERE app = '{self.app}' AND {condition} ORDER BY seq IS NULL, seq, id")

    def genuine(self, **given):
        """A row as the program would write it."""
        key_id, key = self.keys()[0]
        at = given.get("at") or self.now()  # not asked for in vain: somebody writes thousands of rows
        row = {"app": self.app, "at": at, "operator": "tom", "login_uid": None, "host": "here", "action": "request",
               "result": "done", "channel": None, "delivery_id": None, "trace_id": "00000000-0000-4000-8000-000000000001",
               "account": "42", "recipient": os.urandom(32), "ticket": "SUP-1", "reason": None, "detail": None,
               "salt": os.urandom(16), "key_id": key_id} | given  # fmt: skip
        row.setdefault("personal", digest(row))
        return {"mac": row_mac(row, key)} | row

    def insert(self, rows):
        for start in range(0, len(rows), 500):
            part = rows[start : start + 500]
            names = ", ".join(f"`{name}`" for name in part[0])
            values = ", ".join("(" + ", ".join(map(literal, row.values())) + ")" for row in part)
            self.database.sql(f"INSERT INTO pwreset_audit ({names}) VALUES {values}")

    def write(self, **given):
        """Inserts a genuine row, unsealed."""
        self.insert([self.genuine(**given)])

    def seal(self):
        """Gives every unsealed row its place, as the program would."""
        key_id, key = self.keys()[0]
        checkpoint = self.database.sql(f"SELECT seq, chain_mac FROM pwreset_checkpoints WHERE app = '{self.app}'")
        last = (self.rows("seq IS NOT NULL") or checkpoint or [{"seq": 0, "chain_mac": bytes(32)}])[-1]
        seq, before = last["seq"], last["chain_mac"]
        places = []
        for row in self.rows("seq IS NULL"):
            seq += 1
            row |= {"seq": seq, "chain_key_id": key_id}
            before = chain_mac(row, before, key)
            places.append(f"UPDATE pwreset_audit SET seq = {seq}, chain_key_id = '{key_id}', chain_mac = {literal(before)} "
                          f"WHERE id = {row['id']}")  # fmt: skip
        if places:
            self.database.sql(";".join(places))

    def check(self, test):
        """Verifies every row, and that all are sealed; the rows."""
        keys = dict(self.keys())
        seq, before = 0, bytes(32)
        for checkpoint in self.database.sql(f"SELECT * FROM pwreset_checkpoints WHERE app = '{self.app}'"):
            (current,) = self.database.sql(f"SELECT key_id FROM pwreset_keys WHERE app = '{self.app}' AND purpose = 'own'")
            current = current["key_id"]
            test.assertEqual(checkpoint["key_id"], current)
            test.assertEqual(checkpoint_mac(checkpoint, keys[current]), checkpoint["mac"])
            seq, before = checkpoint["seq"], checkpoint["chain_mac"]
        rows = self.rows()
        for row in rows:
            seq += 1
            test.assertEqual(row["seq"], seq)
            test.assertEqual(row_mac(row, keys[row["key_id"]]), row["mac"], row)
            if any(row[name] is not None for name in PERSONAL):
                test.assertEqual(digest(row), row["personal"], row)
            before = chain_mac(row, before, keys[row["chain_key_id"]])
            test.assertEqual(row["chain_mac"], before, row)
        return rows

"""Every type of column that MariaDB and MySQL have, as a key, a flag, a time and a role: what is read, what is refused, and
what doctor says of it."""

import re
import unittest

from database import Database
from harness import Site

UUID = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
PACKED = f"UNHEX('{UUID.replace('-', '')}')"
TIMES, NO_TIMES = "times", "times that stand for none"
SHAPES = {"POINT": "POINT(1 1)", "LINESTRING": "LINESTRING(1 1,2 2)", "POLYGON": "POLYGON((1 1,2 1,2 2,1 1))",
          "MULTIPOINT": "MULTIPOINT(1 1,2 2)", "MULTILINESTRING": "MULTILINESTRING((1 1,2 2))",
          "MULTIPOLYGON": "MULTIPOLYGON(((1 1,2 1,2 2,1 1)))", "GEOMETRYCOLLECTION": "GEOMETRYCOLLECTION(POINT(1 1))",
          "GEOMETRY": "POINT(1 1)"}  # fmt: skip
MARIADB, MYSQL = ("mariadb",), ("mysql",)


def shape(kind):
    return f"ST_GeomFromText('{SHAPES[kind]}')"


# type, value, the key it reads as (None: the type is refused), what doctor says (None: nothing besides), the index, servers
NO_KEY = "cannot be used: it is %s, which is not found again by its text"
LONG, BYTES = "of up to", "an account is refused where its bytes read as no text"
KEYS = [
    ("TINYINT", "-7", "-7", None),
    ("SMALLINT UNSIGNED", "65535", "65535", None),
    ("MEDIUMINT", "42", "42", None),
    ("INT", "42", "42", None),
    ("INT(8) ZEROFILL", "42", "42", None),
    ("INT INVISIBLE", "42", "42", None),
    ("BIGINT", "-9223372036854775808", "-9223372036854775808", None),
    ("BIGINT UNSIGNED", "18446744073709551615", "18446744073709551615", None),
    ("DECIMAL(30,0)", "123456789012345678901234567890", "123456789012345678901234567890", None),
    ("DECIMAL(10,2)", "7", "7.00", None),
    ("NUMERIC(8,0) ZEROFILL", "42", "42", None),
    ("FLOAT", "1.5", None, NO_KEY % "a floating number"),
    ("DOUBLE", "1.5", None, NO_KEY % "a floating number"),
    ("BIT(1)", "b'1'", None, NO_KEY % "bits"),
    ("BIT(64)", "7", None, NO_KEY % "bits"),
    ("CHAR(16)", "'ana'", "ana", None),
    ("CHAR(36)", f"'{UUID}'", UUID, LONG),
    ("NCHAR(10)", "'an\u00e4'", "an\u00e4", None),
    ("VARCHAR(16)", "'a:b|c'", "a:b|c", None),
    ("VARCHAR(16) COLLATE utf8mb4_bin", "'An\u00e4'", "An\u00e4", None),
    ("VARCHAR(40) CHARACTER SET latin1", "'Zo\u00eb'", "Zo\u00eb", None),
    ("VARCHAR(20) CHARACTER SET ucs2", "'Zo\u00eb'", "Zo\u00eb", None),
    ("VARCHAR(16) CHARACTER SET utf16", "'Zo\u00eb'", "Zo\u00eb", None),
    ("VARCHAR(16) CHARACTER SET utf32", "'Zo\u00eb'", "Zo\u00eb", None),
    ("VARCHAR(16) AS (CONCAT('u-', n)) STORED", "DEFAULT", "u-7", None),
    ("VARCHAR(16) AS (CONCAT('u-', n)) VIRTUAL", "DEFAULT", "u-7", None),
    ("TINYTEXT", "'ana'", "ana", LONG, "UNIQUE (id(40))"),
    ("TEXT", "'ana'", "ana", LONG, "UNIQUE (id(40))"),
    ("MEDIUMTEXT", "'ana'", "ana", LONG, "UNIQUE (id(40))"),
    ("LONGTEXT", "'ana'", "ana", LONG, "UNIQUE (id(40))"),
    ("BINARY(16)", PACKED, UUID, "binary(16), read as a UUID"),
    ("BINARY(8)", "'abc'", "abc", BYTES),
    ("BINARY(4)", "UNHEX('FF000102')", "ff000102", BYTES),
    ("VARBINARY(64)", "'ana'", "ana", BYTES),
    ("VARBINARY(16)", PACKED, UUID, BYTES),
    ("TINYBLOB", "'ana'", "ana", BYTES, "UNIQUE (id(40))"),
    ("BLOB", "'ana'", "ana", BYTES, "UNIQUE (id(40))"),
    ("MEDIUMBLOB", "'ana'", "ana", BYTES, "UNIQUE (id(40))"),
    ("LONGBLOB", "'ana'", "ana", BYTES, "UNIQUE (id(40))"),
    ("ENUM('x y','a,b','1')", "'a,b'", "a,b", None),
    ("ENUM('x y','a,b','1')", "'1'", "1", None),
    ("SET('a','b')", "'a,b'", None, NO_KEY % "a SET"),
    ("JSON", "'\"ana\"'", None, NO_KEY % "JSON", ""),
    ("DATE", "'2026-03-01'", None, NO_KEY % "a time"),
    ("DATETIME(3)", "'2026-03-01 10:00:00'", None, NO_KEY % "a time"),
    ("TIMESTAMP", "'2026-03-01 10:00:00'", None, NO_KEY % "a time"),
    ("TIME", "'10:00:00'", None, NO_KEY % "of a type that is not read here"),
    ("YEAR", "2026", None, NO_KEY % "of a type that is not read here"),
    *((kind, shape(kind), None, NO_KEY % "of a type that is not read here", "") for kind in SHAPES),
    ("UUID", f"'{UUID}'", UUID, None, "UNIQUE (id)", MARIADB),
    ("INET4", "'192.0.2.1'", None, NO_KEY % "of a type that is not read here", "UNIQUE (id)", MARIADB),
    ("INET6", "'::1'", None, NO_KEY % "of a type that is not read here", "UNIQUE (id)", MARIADB),
    ("VECTOR(3)", "STRING_TO_VECTOR('[1,2,3]')", None, NO_KEY % "of a type that is not read here", "", MYSQL),
]  # fmt: skip

# type: value, as `active`, as `disabled`, how doctor shows it (None: it does not matter)
YES, NO = ("1", "may", "no", "'1'"), ("0", "no", "may", "'0'")
NULL = ("NULL", "no", "may", "NULL")


def odd(value, shown):
    """None of the known forms."""
    return (value, "unknown", "no", shown)


SET_TIME = [("'2026-03-01 10:00:00'", "may", "no", TIMES), ("'0000-00-00 00:00:00'", "no", "may", NO_TIMES), NULL]
WORDS = [("'Active '", "may", "no", "'Active '"), ("'suspended'", "no", "no", "'suspended'"), odd("'on_hold'", "'on_hold'"),
         ("'false'", "no", "may", "'false'"), ("''", "no", "may", "''")]  # fmt: skip
STATES = {
    "BOOLEAN": [YES, NO, NULL],
    "TINYINT UNSIGNED": [YES, odd("2", "'2'")],
    "SMALLINT": [NO, odd("-1", "'-1'")],
    "MEDIUMINT": [YES, odd("7", "'7'")],
    "INT": [("1714550000", "may", "no", TIMES), ("2147483647", "no", "may", NO_TIMES), odd("20240501", "'20240501'")],
    "INT(11) ZEROFILL": [YES, NO],
    "INT UNSIGNED": [YES, ("4294967295", "no", "may", NO_TIMES)],
    "BIGINT": [("1714550000000", "may", "no", TIMES), ("253402300799", "no", "may", NO_TIMES),
               odd("-62135596800", "'-62135596800'")],
    "BIGINT UNSIGNED": [YES, odd("18446744073709551615", "'18446744073709551615'")],
    "DECIMAL(10,2)": [("1", "may", "no", "'1.00'"), ("0", "no", "may", "'0.00'"), odd("0.5", "'0.50'")],
    "NUMERIC(20,0)": [YES, ("1714550000", "may", "no", TIMES)],
    "FLOAT": [YES, odd("0.5", "'0.5'")],
    "DOUBLE": [YES, NO],
    "BIT(1)": [("b'1'", "may", "no", "'1'"), ("b'0'", "no", "may", "'0'")],
    "BIT(8)": [YES, odd("49", "'49'")],
    "BIT(64)": [YES, odd("18446744073709551615", "'18446744073709551615'")],
    "CHAR(1)": [("'Y'", "may", "no", "'Y'"), ("'n'", "no", "may", "'n'"), odd("'A'", "'A'")],
    "NCHAR(10)": [("'enabled'", "may", "no", "'enabled'"), odd("'aktiv'", "'aktiv'")],
    "VARCHAR(20)": WORDS,
    "VARCHAR(20) COLLATE utf8mb4_bin": WORDS,
    "VARCHAR(20) CHARACTER SET latin1": [("'ON'", "may", "no", "'ON'"), odd("'gel\u00f6scht'", "'gel\u00f6scht'")],
    "VARCHAR(20) CHARACTER SET ucs2": WORDS,
    "VARCHAR(20) CHARACTER SET utf16": [("'yes'", "may", "no", "'yes'"), odd("'\u0641\u0639\u0627\u0644'", "'\u0641\u0639\u0627\u0644'")],
    "VARCHAR(20) CHARACTER SET utf32": WORDS,
    "VARCHAR(30)": [("'2026-03-01T10:00:00Z'", "may", "no", TIMES), odd("'01.03.2026'", "'01.03.2026'")],
    "VARCHAR(20) INVISIBLE": WORDS,
    "VARCHAR(20) AS (IF(id = 1, 'active', 'closed')) VIRTUAL": [("DEFAULT", "may", "no", "'active'"), ("DEFAULT", "no", "no", "'closed'")],
    "VARCHAR(20) AS (IF(id = 1, 'active', 'ended')) STORED": [("DEFAULT", "may", "no", "'active'"), odd("DEFAULT", "'ended'")],
    "TINYTEXT": WORDS, "TEXT": WORDS, "MEDIUMTEXT": WORDS, "LONGTEXT": WORDS,
    "BINARY(1)": [("UNHEX('01')", "may", "no", None), ("UNHEX('00')", "no", "may", None), ("'1'", "may", "no", "'1'")],
    "BINARY(8)": [("'active'", "may", "no", None), odd("'ended'", None)],
    "VARBINARY(9)": [("'ACTIVE'", "may", "no", "'ACTIVE'"), odd("UNHEX('FF00')", "bytes")],
    "TINYBLOB": WORDS, "BLOB": WORDS, "MEDIUMBLOB": WORDS, "LONGBLOB": WORDS,
    "ENUM('0','1','')": [("'1'", "may", "no", "'1'"), ("'0'", "no", "may", "'0'"), ("''", "no", "may", "''")],
    "ENUM('active','a,b','\u00dcn\u00ef')": [("'active'", "may", "no", "'active'"), odd("'a,b'", "'a,b'"), odd("'\u00dcn\u00ef'", "'\u00dcn\u00ef'")],
    "SET('active','verified')": [("'active'", "may", "no", "'active'"), odd("'active,verified'", "'active,verified'"), ("''", "no", "may", "''")],
    "JSON": [("'true'", "may", "no", "'true'"), ("'\"active\"'", "may", "no", "'\"active\"'"), ("'null'", "no", "may", "'null'"),
             odd("'[\"active\"]'", "'[\"active\"]'")],
    "DATE": [("'2026-03-01'", "may", "no", TIMES), ("'0000-00-00'", "no", "may", NO_TIMES), ("'9999-12-31'", "no", "may", NO_TIMES)],
    "DATETIME": [*SET_TIME, ("'0001-01-01 00:00:00'", "no", "may", NO_TIMES), ("'1970-01-01 00:00:00'", "no", "may", NO_TIMES)],
    "DATETIME(3)": SET_TIME, "DATETIME(6)": SET_TIME, "TIMESTAMP NULL": SET_TIME, "TIMESTAMP(6) NULL": SET_TIME,
    "TIME": [odd("'10:00:00'", "'10:00:00'"), NULL],
    "YEAR": [odd("2026", "'2026'"), NULL],
    **{kind: [odd(shape(kind), "bytes"), NULL] for kind in SHAPES},
    "UUID": [odd(f"'{UUID}'", f"'{UUID}'"), NULL],
    "INET4": [odd("'192.0.2.1'", "'192.0.2.1'"), NULL],
    "INET6": [odd("'::1'", "'::1'"), NULL],
    "VECTOR(3)": [odd("STRING_TO_VECTOR('[1,2,3]')", None), NULL],
}  # fmt: skip
ONLY = {"UUID": MARIADB, "INET4": MARIADB, "INET6": MARIADB, "VECTOR(3)": MYSQL}

# type: the protected role, and of each value what becomes of its account and what doctor finds in it
TEXTS = ("admin", ("'user,Admin'", "protected", "'user,Admin'"), ("'user'", "may", "'user'"))
PADDED = ("admin", ("'admin'", "protected", "'admin'"), ("'user'", "may", "'user'"))
NUMBERS = ("2", ("2", "protected", "'2'"), ("3", "may", "'3'"))
ROLES = {
    **{kind: NUMBERS for kind in ("TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT UNSIGNED", "INT(5) ZEROFILL", "BIT(8)", "BIT(64)",
                                  "FLOAT", "DOUBLE", "NUMERIC(5,0)")},
    "INT ": ("-1", ("-1", "protected", "'-1'"), ("1", "may", "'1'")),
    "DECIMAL(10,2)": ("2", ("2", "protected", "'2.00'"), ("3", "may", "'3.00'")),
    "BOOLEAN": ("1", ("TRUE", "protected", "'1'"), ("FALSE", "may", "'0'")),
    **{kind: TEXTS for kind in ("CHAR(20)", "NCHAR(20)", "VARCHAR(60)", "VARCHAR(60) COLLATE utf8mb4_bin",
                                "VARCHAR(60) CHARACTER SET latin1", "VARCHAR(60) CHARACTER SET ucs2", "VARCHAR(60) CHARACTER SET utf16",
                                "VARCHAR(60) INVISIBLE", "TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT", "TINYBLOB", "BLOB", "MEDIUMBLOB",
                                "LONGBLOB")},
    "VARCHAR(20) AS (IF(id = 1, 'admin', 'user')) VIRTUAL": ("admin", ("DEFAULT", "protected", "'admin'"), ("DEFAULT", "may", "'user'")),
    "BINARY(20)": PADDED,
    "VARBINARY(20)": ("admin", ("'user admin'", "protected", "'user admin'"), ("UNHEX('FF')", "no form", None)),
    "ENUM('user','admin')": PADDED,
    "ENUM('Super Admin','user','x,admin')": ("super admin", ("'Super Admin'", "protected", "'Super Admin'"), ("'x,admin'", "may", "'x,admin'")),
    "SET('user','admin','editor')": ("admin", ("'user,admin'", "protected", "'user', 'admin'"), ("'editor'", "may", "'editor'"), ("''", "may", None)),
    "JSON": ("admin", ("'[\"user\",\"Admin\"]'", "protected", "'user', 'Admin'"), ("'\"user\"'", "may", "'user'"), ("'null'", "may", None),
             ("'{\"roles\":[\"admin\"]}'", "protected", None), ("'7'", "may", "'7'")),
    **{kind: ("admin", ("'2026-03-01'", "may", None), ("NULL", "may", None)) for kind in ("DATE", "DATETIME", "TIMESTAMP NULL")},
    "TIME": ("admin", ("'10:00:00'", "may", "'10:00:00'"), ("NULL", "may", None)),
    "YEAR": ("2026", ("2026", "protected", "'2026'"), ("2025", "may", "'2025'")),
    **{kind: ("admin", (shape(kind), "no form", None), ("NULL", "may", None)) for kind in SHAPES},
    "UUID": (UUID, (f"'{UUID}'", "protected", f"'{UUID}'"), ("NULL", "may", None)),
    "INET4": ("admin", ("'192.0.2.1'", "may", "'192.0.2.1'"), ("NULL", "may", None)),
    "INET6": ("admin", ("'::1'", "may", "'::1'"), ("NULL", "may", None)),
    "VECTOR(3)": ("admin", ("STRING_TO_VECTOR('[1,2,3]')", "no form", None), ("NULL", "may", None)),
}  # fmt: skip


class ColumnTypesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = Database()
        cls.addClassCleanup(cls.database.close)
        cls.site = Site(database=cls.database, limits={"cooldown": "0s", "per_operator": "9999/h", "lookups": "99999/h", "agents": "99999/h"})
        cls.addClassCleanup(cls.site.close)
        cls.site.migrate()
        version = cls.database.sql("SELECT VERSION() AS v")[0]["v"]
        cls.server = "mariadb" if "MariaDB" in version else "mysql"

    def table(self, columns, rows):
        self.database.sql(f"SET sql_mode = ''; DROP TABLE IF EXISTS users; CREATE TABLE users ({columns}, n INT DEFAULT 7, "
                          "email VARCHAR(190) UNIQUE, password VARCHAR(99) DEFAULT 'x');" +
                          "".join(f"INSERT INTO users SET {row}, email = 'u{i}@x.example';" for i, row in enumerate(rows, 1)))  # fmt: skip

    def users(self, **keys):
        self.site.settings["users"] = {"protected": []} | keys
        self.site.config()

    def said(self):
        """What doctor says of the users table: level and finding."""
        checks = self.site.run("doctor", "--json").json["data"]["checks"]
        return [(one["level"], one["finding"]) for one in checks if one["area"] == "users"]

    def rehearsed(self, count):
        """Of each account "may", or the message."""
        done = self.site.run("request", *(f"id:{i}" for i in range(1, count + 1)), "--dry-run", "--json")
        results = done.json["data"]["results"]
        self.assertEqual(len(results), count, done)
        return ["may" if one["success"] else one["message"] for one in results]

    def test_a_key(self):
        for kind, value, key, told, *more in KEYS:
            index, servers = [*more, *("UNIQUE (id)", ("mariadb", "mysql"))[len(more):]]
            if self.server not in servers:
                continue
            with self.subTest(type=kind, value=value):
                self.table(f"id {kind}" + (f", {index}" if index else ""), [f"id = {value}"])
                self.users()
                done = self.site.run("request", "u1@x.example", f"id:{key or 1}", "--dry-run")
                self.assertEqual(done.exit, 1 if key else 78, done)
                self.assertEqual("would be sent" in done.out, bool(key), done)
                # The second names the account that the first has found.
                self.assertIn(f"'id:{key}' names an account that was named before" if key else told, done.out + done.err)
                of_key = [one for one in self.said() if "the key 'id'" in one[1]]
                if told is None:
                    self.assertEqual(of_key, [])
                    continue
                self.assertEqual(len(of_key), 1, of_key)
                self.assertIn(told, of_key[0][1])
                level = "ok" if "read as a UUID" in told else "warning" if key else "problem"
                self.assertEqual(of_key[0][0], level)

    def test_a_flag_a_word_and_a_time(self):
        for kind, cases in STATES.items():
            if self.server not in ONLY.get(kind, (self.server,)):
                continue
            with self.subTest(type=kind):
                self.table(f"id INT PRIMARY KEY, flag {kind}", [f"id = {i}, flag = {case[0]}" for i, case in enumerate(cases, 1)])
                for use, place in (("active", 1), ("disabled", 2)):
                    self.users(**{use: "flag"})
                    for case, message in zip(cases, self.rehearsed(len(cases))):
                        expected = {"may": "may", "no": "is disabled", "unknown": "in a state that is not known here: 'flag' holds"}[case[place]]
                        self.assertIn(expected, message, (use, case))
                self.users(active="flag", disabled="flag")
                said = self.said()
                for use, place in (("active", 1), ("disabled", 2)):
                    level, finding = next(one for one in said if f"'users.{use}'" in one[1])
                    parts = re.fullmatch(r".*?: may be reset with (?P<may>.*?)(?:; refused with (?P<no>.*?))?"
                                         r"(?:; not known, so refused: (?P<unknown>.*?))?(?:: so nobody may be reset)?", finding)  # fmt: skip
                    self.assertTrue(parts, finding)
                    for case in cases:
                        if case[3]:
                            self.assertIn(case[3], parts[case[place]], (use, finding))
                    fates = {case[place] for case in cases}
                    warned = "unknown" in fates or "may" not in fates
                    self.assertEqual(level, "warning" if warned else "ok", finding)

    def test_a_role(self):
        for kind, (protected, *cases) in ROLES.items():
            if self.server not in ONLY.get(kind, (self.server,)):
                continue
            with self.subTest(type=kind):
                self.table(f"id INT PRIMARY KEY, role {kind}", [f"id = {i}, role = {case[0]}" for i, case in enumerate(cases, 1)])
                self.users(role="role", protected=[protected])
                for case, message in zip(cases, self.rehearsed(len(cases))):
                    expected = {"may": "may", "protected": "is protected by its role", "no form": "a role that is none of the known forms"}[case[1]]
                    self.assertIn(expected, message, case)
                said = self.said()
                faulty = [one for one in said if "a role is none of the known forms" in one[1]]
                self.assertEqual(len(faulty), int(any(case[1] == "no form" for case in cases)), said)
                found = " ".join(finding for _, finding in said if "roles found: " in finding or "found are" in finding)
                for case in cases:
                    if case[2]:
                        self.assertIn(case[2], found, said)
                # A protection that protects nobody.
                nobody = [level for level, finding in said if "no account has the role" in finding]
                self.assertEqual(nobody, [] if any(case[1] == "protected" for case in cases) else ["problem"], said)


if __name__ == "__main__":
    unittest.main()

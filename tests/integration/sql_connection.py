"""One connection to a MariaDB or MySQL server through Connector/C, the library that pwreset itself uses.

The command-line clients cannot tell NULL from the text "NULL", or a binary value from a text; the library can. It also
keeps a transaction open while the program under test runs, which tests of races need.
"""

import ctypes
from decimal import Decimal

_CHARSET_NAME, _VERIFY_SERVER_CERTIFICATE = 7, 21  # enum mysql_option
_MULTI_STATEMENTS = 1 << 16
_INTEGERS = {1, 2, 3, 8, 9, 13}  # enum enum_field_types: TINY, SHORT, LONG, LONGLONG, INT24, YEAR
_FRACTIONS = {4, 5}
_DECIMALS = {0, 246}
_TIMES = {7, 10, 11, 12}
_BIT = 16
_BINARY = 63  # the number of the character set "binary"


class _Field(ctypes.Structure):
    """MYSQL_FIELD of <mysql.h>."""

    _fields_ = (
        [(name, ctypes.c_char_p) for name in ("name", "org_name", "table", "org_table", "db", "catalog", "default")]
        + [(name, ctypes.c_ulong) for name in ("length", "max_length")]
        + [(f"length_{i}", ctypes.c_uint) for i in range(7)]
        + [(name, ctypes.c_uint) for name in ("flags", "decimals", "charset", "type")]
        + [("extension", ctypes.c_void_p)]
    )


def _load():
    library = ctypes.CDLL("libmariadb.so.3")
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint
    for name, result, *arguments in (
        ("mysql_init", pointer, pointer),
        ("mysql_options", ctypes.c_int, pointer, ctypes.c_int, pointer),
        ("mysql_real_connect", pointer, pointer, text, text, text, text, number, text, ctypes.c_ulong),
        ("mysql_real_query", ctypes.c_int, pointer, text, ctypes.c_ulong),
        ("mysql_store_result", pointer, pointer),
        ("mysql_next_result", ctypes.c_int, pointer),
        ("mysql_field_count", number, pointer),
        ("mysql_num_fields", number, pointer),
        ("mysql_fetch_fields", ctypes.POINTER(_Field), pointer),
        ("mysql_fetch_row", ctypes.POINTER(ctypes.c_void_p), pointer),
        ("mysql_fetch_lengths", ctypes.POINTER(ctypes.c_ulong), pointer),
        ("mysql_free_result", None, pointer),
        ("mysql_errno", number, pointer),
        ("mysql_error", text, pointer),
        ("mysql_close", None, pointer),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


_library = _load()


class SqlError(Exception):
    """The server's or the library's refusal; `number` as in the manual, such as 1062."""

    def __init__(self, number, text):
        super().__init__(f"{number}: {text}")
        self.number = number


class Connection:
    """`execute` runs statements; a `with` block closes the connection at its end."""

    def __init__(self, *, user, password="", socket=None, host=None, port=0, name=None):
        self._handle = _library.mysql_init(None)
        _library.mysql_options(self._handle, _CHARSET_NAME, b"utf8mb4")
        _library.mysql_options(self._handle, _VERIFY_SERVER_CERTIFICATE, ctypes.byref(ctypes.c_char(0)))
        host, user, password, name, socket = (
            None if value is None else str(value).encode() for value in (host, user, password, name, socket)
        )
        if not _library.mysql_real_connect(
            self._handle, host, user, password, name, port, socket, _MULTI_STATEMENTS
        ):
            error = self._error()
            self.close()
            raise error

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Leaves the server; an open transaction is rolled back."""
        if self._handle:
            _library.mysql_close(self._handle)
            self._handle = None

    def execute(self, text):
        """Runs one or more statements; the rows of the last one that has any, as dictionaries.

        Integers come as int, DECIMAL as Decimal, times as text, binary columns as bytes, all others as str.
        """
        statement = text.encode()
        if _library.mysql_real_query(self._handle, statement, len(statement)):
            raise self._error()
        rows = []
        while True:
            rows = self._result(rows)
            more = _library.mysql_next_result(self._handle)
            if more > 0:
                raise self._error()
            if more < 0:
                return rows

    def _result(self, otherwise):
        result = _library.mysql_store_result(self._handle)
        if not result:
            if _library.mysql_field_count(self._handle):
                raise self._error()
            return otherwise
        try:
            fields = _library.mysql_fetch_fields(result)
            fields = [fields[i] for i in range(_library.mysql_num_fields(result))]
            rows = []
            while row := _library.mysql_fetch_row(result):
                lengths = _library.mysql_fetch_lengths(result)
                rows.append({f.name.decode(): _value(f, row[i], lengths[i]) for i, f in enumerate(fields)})
            return rows
        finally:
            _library.mysql_free_result(result)

    def _error(self):
        return SqlError(_library.mysql_errno(self._handle), _library.mysql_error(self._handle).decode(errors="replace"))


def literal(value):
    """A value as execute() returns it, in SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    return f"CONVERT(X'{str(value).encode().hex()}' USING utf8mb4)"


def _value(field, address, length):
    if address is None:
        return None
    data = ctypes.string_at(address, length)
    if field.type in _INTEGERS:
        return int(data)
    if field.type in _FRACTIONS:
        return float(data)
    if field.type in _DECIMALS:
        return Decimal(data.decode())
    if field.type == _BIT:
        return int.from_bytes(data, "big")
    if field.charset == _BINARY and field.type not in _TIMES:
        return data
    return data.decode()

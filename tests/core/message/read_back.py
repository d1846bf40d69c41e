#!/usr/bin/python3
"""Reads a mail from stdin as a parser that is not ours sees it, and prints what it found as JSON."""

import email
import email.header
import email.policy
import email.utils
import json
import sys


def defects_of(message):
    found = [defect for part in message.walk() for defect in part.defects]
    found += [defect for value in message.values() for defect in value.defects]
    return [type(defect).__name__ for defect in found]


def mailboxes(header):
    return [{"name": a.display_name, "address": a.addr_spec} for a in header.addresses] if header else []


def sender(value):
    """By the older interface: the newer one keeps the space between two encoded words of a name."""
    name, address = email.utils.parseaddr(value)
    return {"name": str(email.header.make_header(email.header.decode_header(name))), "address": address}


# Decoded first, because a header with raw UTF-8 (RFC 6532) is bytes of no charset to the parser otherwise.
text = sys.stdin.buffer.read().decode("utf-8")
message = email.message_from_string(text, policy=email.policy.SMTPUTF8)

json.dump(
    {
        "subject": message["Subject"],
        "from": sender(email.message_from_string(text)["From"]),
        "to": mailboxes(message["To"]),
        "reply_to": mailboxes(message["Reply-To"]),
        "date": message["Date"].datetime.isoformat(),
        "headers": {name: str(value) for name, value in message.items()},
        "type": message.get_content_type(),
        "defects": defects_of(message),
        "parts": [
            {
                "type": part.get_content_type(),
                "charset": part.get_content_charset(),
                "encoding": part["Content-Transfer-Encoding"],
                "text": part.get_content(),
            }
            for part in message.iter_parts()
        ],
    },
    sys.stdout,
)

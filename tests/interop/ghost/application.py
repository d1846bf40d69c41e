"""Ghost's staff: its own models, passwordreset.js and migrator. Left out: its administration for the browser, and of its dependencies
what none of this asks for."""

from node_application import NodeApplication, NpmFolder, Unpacked

VERSION = "6.65.0"
SHA512 = "D369qivOmfn4YwvBD1DljOGsHnJzBEQhBsiFnBZD+GjWrBpdZQYYNHneiQcKQVJwUom8eHWml1n5FRLQIwVFOg=="


class Ghost(NodeApplication):
    preset = "ghost"
    release = f"Ghost {VERSION}, staff"
    packages = NpmFolder("ghost", before=Unpacked("ghost", VERSION, SHA512, "ghost", without="core/built"))
    kept_schema = VERSION
    life = 86400
    supersedes = False
    knows_admin = True
    says_inactive = "is suspended"

    def do(self, what, **details):
        if "password" in details:
            # It refuses passwords with certain words in them, this one too.
            details["password"] = details["password"].replace("Passw0rd", "Sentence-42")
        return super().do(what, **details)


RELEASES = (Ghost,)

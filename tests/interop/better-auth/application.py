"""better-auth: its own handler, password hashing and migrations."""

from node_application import NodeApplication, NpmFolder


class BetterAuth(NodeApplication):
    """`hashed` is its verification.storeIdentifier."""

    preset = "better-auth"
    release = "better-auth 1.7.25"
    packages = NpmFolder("better-auth")
    life = 3600
    supersedes = False
    knows_inactive = False  # only its plugin for administrators has a column for it
    knows_sso = True

    hashed = False

    def settings(self):
        return {"hashed": self.hashed}


class BetterAuthHashed(BetterAuth):
    release = "better-auth 1.7.25 with hashed identifiers"
    hashed = True
    tells_purpose = False


RELEASES = (BetterAuth, BetterAuthHashed)

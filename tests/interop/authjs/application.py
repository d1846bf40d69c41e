"""Auth.js: its own handler with its adapter for Kysely. Nobody has a password: completing a link is to follow it."""

from node_application import NodeApplication, NpmFolder


class AuthJs(NodeApplication):
    preset = "authjs"
    release = "Auth.js 0.41.3"
    packages = NpmFolder("authjs")
    options = ("--conditions=import",)  # they offer themselves to `import` alone
    life = 86400
    supersedes = False
    knows_inactive = False
    has_passwords = False
    of_users = "protected = []\n"
    secret = "an-AUTH_SECRET-of-this-test"

    def settings(self):
        return {"secret": self.secret}

    def configuration(self):
        """That a GET uses the link up and that it signs in is what there is, and has to be wanted."""
        secret = self.secret_file("auth.secret", self.secret)
        accepted = "accept_burn = true\naccept_sign_in = true\n"
        return super().configuration() + accepted + f'[secrets]\nauth = {{ file = "{secret}" }}\n'


RELEASES = (AuthJs,)

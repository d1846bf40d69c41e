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
    secret = "an-AUTH_SECRET-of-this-test"

    def settings(self):
        return {"secret": self.secret}

    def configuration(self):
        return super().configuration() + f"[secrets]\nauth = {{ file = \"{self.secret_file('auth.secret', self.secret)}\" }}\n"

    def signs_in(self, email, password):
        return False


RELEASES = (AuthJs,)

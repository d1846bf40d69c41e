"""Directus: its own services and migrations, over the part of its dependencies that they come to; absent.js says what of the rest."""

from node_application import NodeApplication, NpmFolder, Unpacked

VERSION = "39.2.1"
SHA512 = "jPm5H7eJFguE956zkWVbA+p+uKWt10kiZXGDCj1YDcc1SzPhAdHo4klMuPbny8UpGZzdASKQOKmznhP6ysso8Q=="


class Directus(NodeApplication):
    preset = "directus"
    release = f"Directus 12.4.1 (its api {VERSION})"
    packages = NpmFolder("directus", before=Unpacked("@directus/api", VERSION, SHA512, "directus"))
    kept_schema = VERSION
    life = 86400
    supersedes = False
    knows_sso = True
    knows_admin = True
    secret = "a-SECRET-of-this-test-0123456789"

    def settings(self):
        return {"secret": self.secret}

    def configuration(self):
        secret = self.secret_file("directus.secret", self.secret)
        return (
            f'[users]\nprofile = "{self.preset}"\n'
            f'[reset]\nbase = "{self.base}"\n[secrets]\ndirectus = {{ file = "{secret}" }}\n'
        )


RELEASES = (Directus,)

"""feathers-authentication-management: its real service with Feathers' authentication, on a table that is the site's own."""

from node_application import NodeApplication, NpmFolder


class Feathers(NodeApplication):
    preset = "feathers"
    release = "feathers-authentication-management 5.1.0 on Feathers 5.0.50"
    packages = NpmFolder("feathers")
    life = 2 * 3600
    says_inactive = "has not verified the address"


RELEASES = (Feathers,)

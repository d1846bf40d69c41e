"""WordPress 6 and 7, and a network of sites, by themselves."""

import unittest

from application import load
from conformance import OwnCycle

wordpress = load("wordpress")


class WordPress6Test(OwnCycle, unittest.TestCase):
    application = wordpress.WordPress6


class WordPress7Test(OwnCycle, unittest.TestCase):
    application = wordpress.WordPress7


class WordPressNetwork7Test(OwnCycle, unittest.TestCase):
    application = wordpress.WordPressNetwork7


if __name__ == "__main__":
    unittest.main()

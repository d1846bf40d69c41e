"""MediaWiki, by itself: its temporary passwords."""

import unittest

from application import load
from conformance import OwnCycle

mediawiki = load("mediawiki")


class MediaWiki139Test(OwnCycle, unittest.TestCase):
    application = mediawiki.MediaWiki139


class MediaWiki143Test(OwnCycle, unittest.TestCase):
    application = mediawiki.MediaWiki143


if __name__ == "__main__":
    unittest.main()

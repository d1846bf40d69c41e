"""Laravel 8 and 13, by themselves; and in a zone with summer time, on connections of another one, with pwreset beside it."""

import contextlib
import os
import unittest
from datetime import UTC, datetime, timedelta

from application import load
from conformance import NEW, Installed, OwnCycle
from test_cycle import Site

laravel = load("laravel")


class Laravel8Test(OwnCycle, unittest.TestCase):
    application = laravel.Laravel8


class Laravel13Test(OwnCycle, unittest.TestCase):
    application = laravel.Laravel13


class Laravel13BerlinTest(OwnCycle, unittest.TestCase):
    application = laravel.Laravel13Berlin

    def row(self, email):
        """The time of its token, as a connection of the application's and as the server itself reads it."""
        with self.app.database.connect() as connection:
            connection.execute("SET time_zone = '+02:00'")
            (theirs,) = connection.execute(f"SELECT created_at FROM password_reset_tokens WHERE email = '{email}'")
            connection.execute("SET time_zone = '+00:00'")
            (ours,) = connection.execute(f"SELECT created_at FROM password_reset_tokens WHERE email = '{email}'")
        return str(theirs["created_at"]), str(ours["created_at"])

    def lives(self, start):
        """For how many seconds a link that it makes at that instant is accepted, by half hours."""
        email = self.account()
        with self.app.at(start):
            link = self.app.ask(email)
        for seconds in range(0, 3 * 3600, 1800):
            with self.app.at(start + timedelta(seconds=seconds + 5)):
                if not self.app.check(link):
                    return seconds
        return None

    def test_it_writes_the_wall_clock_of_berlin_whatever_the_zone_of_the_connection(self):
        email = self.account()
        with self.app.at(datetime(2026, 1, 15, 12, 0, tzinfo=UTC)):
            self.app.ask(email)
        theirs, ours = self.row(email)
        self.assertTrue(theirs.startswith("2026-01-15 13:00:0"), theirs)
        self.assertTrue(ours.startswith("2026-01-15 11:00:0"), ours)

    def test_a_link_of_the_hour_before_the_gap_of_spring_lives_an_hour(self):
        # 01:30 in winter; the hour ends at 03:30 in summer.
        self.assertEqual(self.lives(datetime(2026, 3, 29, 0, 30, tzinfo=UTC)), 3600)
        self.assertEqual(self.lives(datetime(2026, 3, 29, 1, 0, tzinfo=UTC)), 3600)

    def test_a_link_of_the_hour_that_comes_again_in_autumn_is_taken_for_one_of_the_second(self):
        # 02:30 in summer, and an hour later 02:30 in winter: PHP reads the time of both as the second, so that the first lives
        # for two hours.
        self.assertEqual(self.lives(datetime(2026, 10, 25, 0, 30, tzinfo=UTC)), 7200)
        self.assertEqual(self.lives(datetime(2026, 10, 25, 1, 30, tzinfo=UTC)), 3600)


class Laravel13BerlinCycleTest(Installed, unittest.TestCase):
    """pwreset, the server and the application with their clocks at the hours in which those of Berlin are changed."""

    application = laravel.Laravel13Berlin

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        database = cls.app.database
        # init_connect is passed over for who may do everything.
        database.sql(f"""CREATE USER clerk@'127.0.0.1' IDENTIFIED BY '{database.password}';
                         GRANT ALL ON `{database.name}`.* TO clerk@'127.0.0.1'""")
        owner, database.user = database.user, "clerk"
        try:
            cls.site = Site(cls.app)
        finally:
            database.user = owner

    @contextlib.contextmanager
    def clocks_at(self, moment):
        """Those of pwreset and of the server, whose stands still."""
        sanitizers = f"{os.environ.get('ASAN_OPTIONS', '')}:verify_asan_link_order=0"
        faked = {
            "LD_PRELOAD": "/usr/$LIB/faketime/libfaketime.so.1", "FAKETIME": f"@{moment:%Y-%m-%d %H:%M:%S}", "TZ": "UTC",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1", "ASAN_OPTIONS": sanitizers.lstrip(":"),
        }  # fmt: skip
        before = {name: os.environ.get(name) for name in faked}
        self.app.database.sql(f"SET GLOBAL init_connect = 'SET timestamp = {moment.timestamp():.0f}'")
        os.environ.update(faked)
        try:
            yield
        finally:
            self.app.database.sql("SET GLOBAL init_connect = ''")
            for name, value in before.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value

    def life(self, *hour):
        """Of a link that is made at that instant: the minutes for which it is accepted, and whether the application ends it by
        its own clock. Otherwise `deliver` does, which is run then."""
        start = datetime(*hour, tzinfo=UTC)
        address = self.account()
        with self.clocks_at(start):
            link = self.site.link(address)
            found = self.site.inspected(link)
        self.assertEqual((found["verdict"], found["application"]["verdict"]), ("valid", "valid"))
        end = datetime.fromisoformat(found["expires_at"])
        by_itself = datetime.fromisoformat(found["application"]["expires_at"]) == end
        with self.app.at(start):
            self.assertTrue(self.app.check(link), "not accepted at once")
        with self.app.at(end - timedelta(seconds=30)):
            self.assertTrue(self.app.check(link), "over too early")
        with self.app.at(end + timedelta(seconds=30)):
            self.assertEqual(self.app.check(link), not by_itself)
        with self.clocks_at(end + timedelta(seconds=30)):
            self.site.run("deliver")
            self.assertIn(self.site.inspected(link)["application"]["verdict"], ("expired", "gone"))
        with self.app.at(end + timedelta(seconds=30)):
            self.assertFalse(self.app.check(link), "not over")
            self.assertFalse(self.app.complete(link, NEW), "not over")
        return (end - start).total_seconds() / 60, by_itself

    def test_links_of_the_hours_around_the_gap_of_spring_live_an_hour(self):
        for minute in ((0, 30), (0, 59), (1, 0), (1, 30), (2, 15)):  # at 01:00 clocks go from 02:00 to 03:00
            with self.subTest(minute):
                self.assertEqual(self.life(2026, 3, 29, *minute), (60, True))

    def test_links_of_the_hour_that_comes_again_in_autumn_live_an_hour(self):
        # At 01:00 clocks go from 03:00 back to 02:00. Laravel takes the times of the hour before for those of the one after.
        for minute, by_itself in (((0, 0), False), ((0, 30), False), ((1, 0), True), ((1, 30), True), ((2, 0), True)):
            with self.subTest(minute):
                self.assertEqual(self.life(2026, 10, 25, *minute), (60, by_itself))


if __name__ == "__main__":
    unittest.main()

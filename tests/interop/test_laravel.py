"""Laravel 8 and 13, by themselves; and in a zone with summer time, on connections of another one."""

import unittest
from datetime import UTC, datetime, timedelta

from application import load
from conformance import OwnCycle

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


if __name__ == "__main__":
    unittest.main()

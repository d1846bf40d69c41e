"""deliver --metrics-file: what an independent reader of Prometheus's text format finds in it."""

import os
import stat
import unittest

from prometheus_client.parser import text_string_to_metric_families
from watching import Watch, WatchTest


class MetricsTest(WatchTest):
    def setUp(self):
        super().setUp()
        self.file = self.site.folder / "pwreset.prom"

    def samples(self):
        """{(name, channel, lane, state or outcome): value}; every one of them of our application."""
        found = {}
        for family in text_string_to_metric_families(self.file.read_text()):
            self.assertIn(family.type, ("gauge", "counter"))
            self.assertTrue(family.documentation)
            for sample in family.samples:
                labels = dict(sample.labels)
                self.assertEqual(labels.pop("app"), "shop")
                self.assertLessEqual(set(labels), {"channel", "lane", "state", "outcome"})
                found[(sample.name, *labels.values())] = sample.value
        return found

    def test_what_was_done_and_what_waits_is_told_of_nobody(self):
        addresses = self.add_users(3)
        self.queue(*addresses)
        later = "UPDATE pwreset_deliveries SET next_at = next_at + INTERVAL 1 HOUR ORDER BY id DESC LIMIT 1"
        self.database.sql(later)
        done = self.site.run("deliver", "--metrics-file", str(self.file))
        self.assertEqual(done.exit, 0, done)
        found = self.samples()
        self.assertEqual(found["pwreset_messages_total", "sent"], 2)
        self.assertEqual(found["pwreset_queue_deliveries", "email", "agents", "waiting"], 1)
        self.assertEqual(found["pwreset_queue_deliveries", "email", "agents", "due"], 0)
        self.assertEqual(found["pwreset_queue_deliveries", "sms", "bulk", "in_hand"], 0)
        self.assertEqual(found["pwreset_frozen",], 0)
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o644)
        self.assertNotIn("example.com", self.file.read_text())
        self.assertEqual([name for name in os.listdir(self.site.folder) if "pwreset.prom" in name], ["pwreset.prom"])

    def test_a_watch_writes_it_from_its_beginning_and_at_its_end(self):
        address, = self.add_users(1)
        self.queue(address)
        self.site.run("freeze")
        watch = Watch(self.site, "--metrics-file", str(self.file))
        watch.wait_for("issuing is frozen")
        self.assertEqual(self.samples()["pwreset_frozen",], 1)
        self.assertEqual(self.samples()["pwreset_queue_deliveries", "email", "agents", "due"], 1)
        self.site.run("unfreeze")
        self.wait_until({"sent": 1})
        self.assertEqual(watch.stop().exit, 0)
        found = self.samples()
        self.assertEqual((found["pwreset_messages_total", "sent"], found["pwreset_frozen",]), (1, 0))

    def test_a_file_that_is_none_of_ours_is_left_alone(self):
        key = self.site.folder / "keys/application.key"
        before = key.read_bytes()
        for file in (key, self.site.folder):
            done = self.site.run("deliver", "--metrics-file", str(file), "--json")
            self.assertEqual((done.exit, done.json["code"]), (77, "FORBIDDEN"), done)
        self.assertEqual(key.read_bytes(), before)
        watch = Watch(self.site, "--metrics-file", str(key))
        self.assertEqual(watch.process.wait().exit, 77)
        self.assertEqual(self.site.run("deliver", "--metrics-file", "/nowhere/pwreset.prom").exit, 74)


if __name__ == "__main__":
    unittest.main()

"""Every answer of a relay that the table of pwreset(1) names, at every step."""

import unittest

import test_relay_answers


class EveryAnswerTest(test_relay_answers.Answers):
    def test_each_answer_at_each_step_becomes_what_the_table_says(self):
        self.check_all(test_relay_answers.CASES)


if __name__ == "__main__":
    unittest.main()

"""The mails as a browser shows them: every template and language, on a telephone and a desktop, in light and dark.

Needs Debian's chromium, chromium-driver and fonts-noto-core. PWRESET_RENDERED names a folder that keeps the pictures.
"""

import base64
import itertools
import json
import os
import re
import select
import subprocess
import tempfile
import unittest
import urllib.request
from pathlib import Path

from children import die_with_parent
from harness import Site

LOCALES = {"en": "ltr", "de": "ltr", "fa": "rtl"}
MAILS = {"reset-link": "link", "reset-otp": "code", "verify-caller": "code", "temporary-password": "password", "password-changed": None, "link-printed": None}
SCREENS = {"phone": (390, 844), "desktop": (1280, 900)}
LINK = "https://accounts.shop.example/login/reset-password/{token}?email={email}&ref={reference}"
SHOWN = {
    "link": LINK.replace("{token}", "0123456789abcdef" * 4).replace("{email}", "ana%40example.com"),
    "code": "123456",
    "password": "example-password",
}
LEAST_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3, level AA

# What is drawn where, and in which colours: each text with the first background behind it that is not transparent.
MEASURE = """
const texts = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  if (!node.data.trim()) continue;
  const range = document.createRange();
  range.selectNodeContents(node);
  const box = range.getBoundingClientRect(), style = getComputedStyle(node.parentElement);
  let behind = node.parentElement;
  while (behind.parentElement && getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
  texts.push({text: node.data, left: box.left, right: box.right, color: style.color, direction: style.direction,
              background: getComputedStyle(behind).backgroundColor, size: parseFloat(style.fontSize)});
}
const box = document.querySelector('.box'), sheet = document.querySelector('.sheet').getBoundingClientRect();
return {texts, width: document.documentElement.clientWidth, scrolled: document.documentElement.scrollWidth,
        height: document.documentElement.scrollHeight, sheet: {left: sheet.left, right: sheet.right},
        direction: getComputedStyle(document.querySelector('.sheet')).direction,
        box: box && {nodes: [...box.childNodes].map(node => node.nodeType), direction: getComputedStyle(box).direction},
        hrefs: [...document.links].map(link => link.getAttribute('href')),
        loaded: performance.getEntriesByType('resource').map(entry => entry.name)};
"""


class Browser:
    """Headless Chromium, driven over WebDriver; ended with the process at the latest."""

    def __init__(self):
        command = ["chromedriver", "--port=0"]
        self._driver = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent)
        self._base = f"http://127.0.0.1:{self._port()}"
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking"]
        wanted = {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": {"args": options}}}}
        self._base += "/session/" + self._call("POST", "/session", wanted)["sessionId"]

    def _port(self):
        while select.select([self._driver.stdout], [], [], 60)[0] and (line := self._driver.stdout.readline()):
            if found := re.search(rb"successfully on port (\d+)", line):
                return int(found.group(1))
        raise RuntimeError("chromedriver is not ready after 60 s")

    def _call(self, method, path, value=None):
        body = None if value is None else json.dumps(value).encode()
        request = urllib.request.Request(self._base + path, body, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def _devtools(self, command, **parameters):
        return self._call("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def show(self, file, width, height, scheme):
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self._devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500)
        self._devtools("Emulation.setEmulatedMedia", features=[feature])
        self._call("POST", "/url", {"url": file.as_uri()})

    def measure(self):
        return self._call("POST", "/execute/sync", {"script": MEASURE, "args": []})

    def picture(self):
        return base64.b64decode(self._devtools("Page.captureScreenshot")["data"])

    def close(self):
        try:
            self._call("DELETE", "")
        finally:
            self._driver.terminate()
            self._driver.wait(20)
            self._driver.stdout.close()


def luminance(color):
    """Of "rgb(22, 24, 28)", as WCAG 2.2 defines it."""
    values = [int(value) / 255 for value in re.findall(r"\d+", color)[:3]]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


class RenderTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site(reset={"link": LINK}, text={"product": "The Shop", "support": "https://help.shop.example/contact"})
        cls.addClassCleanup(cls.site.close)
        cls.browser = Browser()
        cls.addClassCleanup(cls.browser.close)
        kept = os.environ.get("PWRESET_RENDERED")
        cls.folder = Path(kept or tempfile.mkdtemp(dir=cls.site.folder)).resolve()
        cls.folder.mkdir(parents=True, exist_ok=True)

    def preview(self, name, locale):
        """The message as `template preview` tells it, its page in a file beside it."""
        done = self.site.run("template", "preview", name, "--locale", locale, "--json")
        self.assertEqual(done.exit, 0, done)
        file = self.folder / f"{name}-{locale}.html"
        file.write_text(done.json["data"]["html"])
        return done.json["data"], file

    def seen(self, file, screen, scheme):
        """What the page measures; its picture, as high as the page, is kept beside it."""
        width, height = SCREENS[screen]
        self.browser.show(file, width, height, scheme)
        seen = self.browser.measure()
        self.browser.show(file, width, seen["height"], scheme)
        file.with_name(f"{file.stem}-{screen}-{scheme}.png").write_bytes(self.browser.picture())
        return seen

    def check_layout(self, width, seen):
        self.assertEqual(seen["width"], width)
        self.assertLessEqual(seen["scrolled"], width, "it has to be scrolled sideways")
        self.assertAlmostEqual(seen["sheet"]["left"], width - seen["sheet"]["right"], delta=1)
        for text in seen["texts"]:
            self.assertGreaterEqual(text["left"], seen["sheet"]["left"], text)
            self.assertLessEqual(text["right"], seen["sheet"]["right"], text)
            self.assertGreaterEqual(text["size"], 14, text)

    def test_each_mail_can_be_read_on_each_screen_in_light_and_dark(self):
        backgrounds = {"light": set(), "dark": set()}
        for name, locale, screen, scheme in itertools.product(MAILS, LOCALES, SCREENS, backgrounds):
            with self.subTest(name=name, locale=locale, screen=screen, scheme=scheme):
                data, file = self.preview(name, locale)
                seen = self.seen(file, screen, scheme)
                self.check_layout(SCREENS[screen][0], seen)
                self.assertEqual(seen["direction"], LOCALES[locale])
                self.assertEqual(seen["loaded"], [], "a mail loads nothing")
                for text in seen["texts"]:
                    self.assertGreaterEqual(contrast(text["color"], text["background"]), LEAST_CONTRAST, text)
                backgrounds[scheme].update(text["background"] for text in seen["texts"])
                self.check_secret(MAILS[name], data, seen)
        self.assertTrue(backgrounds["light"].isdisjoint(backgrounds["dark"]), "the dark scheme is another")

    def check_secret(self, secret, data, seen):
        """The link, code or password: one text from left to right, to the letter; on a line of its own in the text."""
        if not secret:
            self.assertIsNone(seen["box"])
            self.assertEqual(seen["hrefs"], [])
            return
        shown = SHOWN[secret].replace("{reference}", re.search(r"[0-9A-Z]{4}-[0-9A-Z]{2}", data["text"]).group())
        self.assertEqual(seen["box"]["direction"], "ltr")
        if secret != "link":
            self.assertEqual(seen["box"]["nodes"], [3], "it is one text")
        found = [text for text in seen["texts"] if text["text"] == shown]
        self.assertEqual([text["direction"] for text in found], ["ltr"])
        self.assertEqual(seen["hrefs"], [shown] * 2 if secret == "link" else [])
        self.assertEqual(data["text"].splitlines().count(shown), 1)
        self.assertNotIn(shown, data["subject"])


if __name__ == "__main__":
    unittest.main()

"""A real browser that measures pages: Chromium, spoken to through a pipe."""

import base64
import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Generator
from io import BufferedReader, BufferedWriter
from pathlib import Path
from typing import Any

from tests.oracles import require_program

# What stands out of the page at its right side, by names and classes; what scrolls by itself may be wider
# inside.
_WIDEST = """
(() => {
  const scrolls = (e) => { for (let p = e.parentElement; p; p = p.parentElement)
    if (p !== document.body && ['auto', 'scroll', 'hidden'].includes(getComputedStyle(p).overflowX))
      return true;
    return false; };
  const wide = document.documentElement.clientWidth + 1;
  const out = [];
  for (const e of document.body.querySelectorAll('*'))
    if (e.getBoundingClientRect().right > wide && !scrolls(e)) out.push(e.tagName + '.' + e.className);
  const page = document.documentElement;
  return JSON.stringify([page.scrollWidth - page.clientWidth, out.slice(0, 5)]);
})()
"""


class Browser:
    """Chromium with one page."""

    def __init__(self, source: BufferedReader, target: BufferedWriter) -> None:
        self.source = source
        self.target = target
        self.number = 0
        self.waiting = b""
        self.session = ""
        made = self.call("Target.createTarget", url="about:blank")
        self.session = self.call("Target.attachToTarget", targetId=made["targetId"], flatten=True)[
            "sessionId"
        ]
        self.call("Page.enable")

    def call(self, method: str, **given: Any) -> dict[str, Any]:
        """Ask the browser for something, and wait for its answer."""
        self.number += 1
        message: dict[str, Any] = {"id": self.number, "method": method, "params": given}
        if self.session:
            message["sessionId"] = self.session
        self.target.write(json.dumps(message).encode() + b"\0")
        self.target.flush()
        return self.until(lambda answer: answer.get("id") == self.number)["result"]

    def until(self, wanted: Any) -> dict[str, Any]:
        """The next message of this kind."""
        while True:
            while b"\0" not in self.waiting:
                more = self.source.read1(1 << 16)
                assert more, "the browser has gone"
                self.waiting += more
            text, _, self.waiting = self.waiting.partition(b"\0")
            answer = json.loads(text)
            assert "error" not in answer, answer
            if wanted(answer):
                return answer

    def open(self, page: Path, width: int) -> None:
        """Show a page in a window of this width."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
        )
        self.call("Page.navigate", url=page.resolve().as_uri())
        self.until(lambda answer: answer.get("method") == "Page.loadEventFired")

    def overflow(self) -> tuple[int, list[str]]:
        """By how many pixels the page is too wide, and what stands out of it."""
        answer = self.call("Runtime.evaluate", expression=_WIDEST, returnByValue=True)
        too_wide, elements = json.loads(answer["result"]["value"])
        return too_wide, elements

    def value(self, expression: str) -> Any:
        """What an expression is on the page."""
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def picture(self, path: Path) -> None:
        """Keep what is seen as PNG."""
        shown = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shown["data"]))


@contextlib.contextmanager
def browser() -> Generator[Browser]:
    """Chromium, or a skipped test where it is not installed; see `require_program`."""
    program = require_program("chromium", "chromium")
    there, write = os.pipe()
    read, back = os.pipe()
    # The browser reads from file 3 and writes to file 4.
    command = f'exec "$0" "$@" 3<&{there} 4>&{back}'
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        run = subprocess.Popen(
            ["bash", "-c", command, program, "--headless", "--no-sandbox", "--disable-gpu",
            "--remote-debugging-pipe",
             "--disable-dev-shm-usage", f"--user-data-dir={profile}"],
            pass_fds=(there, back), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(there)
        os.close(back)
        try:
            with os.fdopen(read, "rb") as source, os.fdopen(write, "wb") as target:
                yield Browser(source, target)
        finally:
            run.terminate()
            try:
                run.wait(20)
            except subprocess.TimeoutExpired:
                run.kill()
                run.wait()

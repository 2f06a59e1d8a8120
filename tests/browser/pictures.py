"""Pictures for the documentation, taken while a test plays: `bin/test FILE --pictures docs/images` makes them anew."""

from base64 import b64decode
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Locator, Page

QUALITY = 80  # a whole console in about 50 kB, with letters as sharp as on the screen


@dataclass(frozen=True, slots=True)
class Pictures:
    """Where they go; nowhere in an everyday run."""

    folder: Path | None

    async def take(self, name: str, page: Page, of: Locator | None = None) -> None:
        """What is in the window, or one part of the page in full."""
        if self.folder is None:
            return
        await page.wait_for_timeout(500)  # what fades in is there
        shot = {"format": "webp", "quality": QUALITY}
        if of is not None:
            box = await of.bounding_box()
            assert box is not None, f"{name} is not on the page"
            top = await page.evaluate("window.scrollY")
            shot |= {"captureBeyondViewport": True, "clip": {**box, "y": box["y"] + top, "scale": 1}}
        session = await page.context.new_cdp_session(page)
        taken = await session.send("Page.captureScreenshot", shot)
        (self.folder / f"{name}.webp").write_bytes(b64decode(taken["data"]))

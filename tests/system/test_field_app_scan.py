"""The scan of a licence in the field app, by hand scanner and by camera."""

from __future__ import annotations

import json
import re

from playwright.async_api import Route, expect

from tests.system.field_visit import FieldVisit

HEADER = "@\n\x1e\rANSI {issuer}100102DL00410278ZV03190008DL"
ELEMENTS = "DAQ{number}\nDCSTHORNQUIST\nDDEN\nDACVICTOR\nDDFN\nDADAMES\nDDGN\nDBB03141987\nDBC1\nDAJCA\r"
CALIFORNIA = (HEADER + ELEMENTS).format(issuer="636014", number="Z0000001")
NEVADA = (HEADER + ELEMENTS).format(issuer="636049", number="1400000001")

# Chromium has no barcode detector on Linux, and no test can hold a card before a camera.
DETECTOR = """
window.BarcodeDetector = class {
  static getSupportedFormats = async () => ['qr_code', 'pdf417'];
  detect = async (video) => (video.videoWidth ? [{ rawValue: %s }] : []);
};
const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => (window.camera = await original(wanted));
"""


async def begin_scan(visit: FieldVisit) -> None:
    await visit.sign_in()
    await visit.choose("Licence")
    await visit.page.get_by_role("button", name="Scan the licence").click()


async def use_hand_scanner(visit: FieldVisit, text: str) -> None:
    """Type as a hand scanner does: into the field that has the focus, all at once, with Enter for a new line."""
    await expect(visit.page.get_by_label("Hand scanner")).to_be_focused()
    for line in text.replace("\x1e", "").replace("\r", "\n").splitlines():
        await visit.page.keyboard.insert_text(line)
        await visit.page.keyboard.press("Enter")


async def test_a_licence_of_this_state_is_asked_by_its_number(visit: FieldVisit) -> None:
    await begin_scan(visit)
    await use_hand_scanner(visit, CALIFORNIA)

    await expect(visit.answer.get_by_role("heading", level=2)).to_contain_text("Licence Z0000001 CA")
    await expect(visit.banner.get_by_role("listitem").first).to_contain_text("ARMED AND DANGEROUS")


async def test_a_licence_of_another_state_is_searched_by_name(visit: FieldVisit) -> None:
    await begin_scan(visit)
    await use_hand_scanner(visit, NEVADA)

    dialog = visit.page.get_by_role("dialog")
    await expect(dialog.get_by_role("alert")).to_contain_text("from Nevada, whose DMV is not connected here")
    assert not any(url.endswith("/graphql") for url in visit.requests), "nothing is asked before the officer says so"
    await dialog.get_by_role("button", name="Search by name").click()
    await visit.answer.get_by_role("button", name="Victor Ames Thornquist").click()
    await expect(visit.banner.get_by_role("listitem").first).to_contain_text("ARMED AND DANGEROUS")


async def test_a_scan_of_nonsense_asks_nothing_and_loses_nothing(visit: FieldVisit) -> None:
    await begin_scan(visit)
    await use_hand_scanner(visit, "4006381333931\r")

    dialog = visit.page.get_by_role("dialog")
    await expect(dialog.get_by_role("alert")).to_contain_text(
        re.compile("This is not the barcode of a driver.s licence")
    )
    await dialog.get_by_role("button", name="Scan again").click()
    await use_hand_scanner(visit, CALIFORNIA)
    await expect(visit.banner.get_by_role("listitem").first).to_contain_text("ARMED AND DANGEROUS")
    assert sum(url.endswith("/graphql") for url in visit.requests) == 1


async def test_a_browser_without_a_detector_says_what_to_use_instead(visit: FieldVisit) -> None:
    await begin_scan(visit)
    await expect(visit.page.get_by_label("Hand scanner")).to_be_focused()

    dialog = visit.page.get_by_role("dialog")
    await expect(dialog).to_contain_text(re.compile("This browser cannot read a licence.s barcode. Use a hand scanner"))
    await visit.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(visit.page.get_by_role("button", name="Check licence")).to_be_visible()


async def test_the_camera_reads_a_licence_and_is_then_off(visit: FieldVisit) -> None:
    await visit.page.add_init_script(DETECTOR % json.dumps(CALIFORNIA))
    await begin_scan(visit)

    await expect(visit.answer.get_by_role("heading", level=2)).to_contain_text("Licence Z0000001 CA")
    assert await visit.page.evaluate("camera.getTracks().map(({ readyState }) => readyState)") == ["ended"]


async def test_a_camera_that_is_not_allowed_is_said(visit: FieldVisit) -> None:
    await visit.page.add_init_script(DETECTOR % "''")
    await visit.page.add_init_script(
        "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError'); };"
    )
    await begin_scan(visit)

    await expect(visit.page.get_by_role("dialog")).to_contain_text("The camera is not allowed for this page.")


async def test_what_was_scanned_is_sent_to_nobody_but_the_api(visit: FieldVisit) -> None:
    sent: list[str] = []

    async def note(route: Route) -> None:
        sent.append(route.request.post_data or "")
        await route.continue_()

    await visit.page.route("**/*", note)
    await begin_scan(visit)
    await use_hand_scanner(visit, CALIFORNIA)
    await visit.answered()

    assert [text for text in sent if "THORNQUIST" in text or "1987" in text] == []
    assert sum("Z0000001" in text for text in sent) == 1

"""Read and asked without a mouse, with letters twice as large, and from right to left."""

import pytest
from playwright.sync_api import Page, expect

PATHS = (
    "/es/",
    "/es/cr/",
    "/es/cr/procedures/",
    "/es/cr/services/?town=Upala",
    "/es/cr/cr-asylum/",
    "/es/cr/cr-hub-upala/",
    "/es/cr/hotlines/",
    "/es/cr/write/",
)
# Boxes that stand on one another though nothing places them there; what flows in a line of text may touch.
OVERLAPS = """() => {
    const found = []
    const seen = element => {
        const style = getComputedStyle(element)
        return style.display !== 'inline' && style.position === 'static' && element.getClientRects().length
    }
    for (const parent of document.querySelectorAll('body, body *:not(svg, svg *)')) {
        const boxes = [...parent.children].filter(seen).map(e => [e, e.getBoundingClientRect()])
        boxes.forEach(([one, a], i) => boxes.slice(i + 1).forEach(([other, b]) => {
            const across = Math.min(a.right, b.right) - Math.max(a.left, b.left)
            const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
            if (across > 1 && down > 1) found.push([one.outerHTML.slice(0, 60), other.outerHTML.slice(0, 60)])
        }))
    }
    return found
}"""
FOCUS = """() => {
    const element = document.activeElement, style = getComputedStyle(element)
    const box = element.getClientRects()[0] ?? new DOMRect()
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
    return {
        what: element.outerHTML.slice(0, 80),
        is_body: element === document.body,
        is_marked: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
        is_seen: element.contains(top),
        in_main: Boolean(element.closest('main')),
    }
}"""


def test_the_first_key_leads_past_the_header(page: Page):
    page.goto("/es/cr/")
    page.keyboard.press("Tab")
    skip = page.evaluate(FOCUS)
    assert 'class="skip"' in skip["what"]
    assert skip["is_seen"]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS)["in_main"]


def test_asking_needs_only_keys(page: Page):
    page.goto("/es/cr/")
    for _ in range(15):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "q":
            break
    page.keyboard.type("q nesesito pa pedir refujio")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Pedir refugio")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/es/cr/", "/es/cr/services/?town=Upala", "/es/cr/cr-asylum/"])
def test_one_always_sees_where_one_is(page: Page, path: str, scheme):
    # Pages glide to what is focused where the reader does not mind.
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.goto(path)
    stops = []
    for _ in range(25):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUS))
        if stops[-1]["is_body"]:
            break
    assert len(stops) > 10
    lost = [stop for stop in stops if not (stop["is_body"] or (stop["is_marked"] and stop["is_seen"]))]
    assert lost == []


@pytest.mark.parametrize("path", PATHS)
def test_letters_twice_as_large_need_no_scrolling_to_the_side(page: Page, path: str):
    page.goto(path)
    before = page.evaluate("parseFloat(getComputedStyle(document.querySelector('main a')).fontSize)")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    after = page.evaluate("parseFloat(getComputedStyle(document.querySelector('main a')).fontSize)")
    assert after >= 2 * before * 0.95
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate(OVERLAPS) == []


@pytest.mark.parametrize("path", PATHS)
def test_from_right_to_left_nothing_runs_out_or_overlaps(page: Page, path: str):
    page.goto(path)
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    heading = page.locator("h1").evaluate(
        "h1 => { const text = document.createRange(); text.selectNodeContents(h1);"
        " return [text.getBoundingClientRect().right, h1.getBoundingClientRect().right] }"
    )
    assert heading[0] == pytest.approx(heading[1], abs=2)
    assert page.evaluate(OVERLAPS) == []


def test_leaving_quickly_needs_no_script(plain_page: Page):
    plain_page.goto("/es/cr/cr-asylum/")
    leave = plain_page.locator("a.leave")
    expect(leave).to_be_in_viewport()
    assert leave.get_attribute("href") == "/leave/"
    away = plain_page.request.get("/leave/", max_redirects=0)
    assert away.status == 302
    assert away.headers["location"].startswith("https://")
    assert "ventanilla" not in away.headers["location"]
    assert away.headers["referrer-policy"] == "no-referrer"
    assert away.headers["cache-control"] == "no-store"

"""Whole conversations and pages in a real browser. Screenshots go to var/screenshots."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.service import ROOT, Service

pytestmark = pytest.mark.e2e
SCREENSHOTS = ROOT / "var" / "screenshots"
DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
MOST_QUESTIONS = 20


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def faults() -> list[str]:
    return []


def open_page(
    browser: Browser, faults: list[str], url: str, size: dict[str, int], dark: bool = False
) -> Page:
    page = browser.new_page(
        viewport=size,  # type: ignore[arg-type]
        color_scheme="dark" if dark else "light",
        device_scale_factor=2,
    )
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.goto(url)
    return page


def shoot(page: Page, name: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.wait_for_timeout(300)
    page.screenshot(path=str(SCREENSHOTS / f"{name}.png"))


def press(page: Page, value: str) -> None:
    """Press the open question's button that sends a value."""
    button = page.locator(
        f'.question:not(.done) [data-value="{value}"], .understood:not(.done) [data-value="{value}"]'
    )
    expect(page.locator(".send")).to_be_enabled(timeout=15_000)
    button.last.click()


def say(page: Page, text: str) -> None:
    expect(page.locator(".send")).to_be_enabled(timeout=15_000)
    page.locator("textarea").fill(text)
    page.locator("textarea").press("Enter")


def introduce(page: Page, age: str, sex: str) -> None:
    press(page, "yes")
    press(page, "self")
    expect(page.locator(".question:not(.done)")).to_be_visible()
    say(page, age)
    press(page, sex)


def answer_until_the_outcome(page: Page, name: str) -> None:
    outcome = page.locator(".card.outcome, .card.emergency")
    open_question = page.locator(".question:not(.done) .choice[data-value='no']")
    for number in range(MOST_QUESTIONS):
        expect(outcome.or_(open_question).first).to_be_visible(timeout=15_000)
        if outcome.count():
            break
        if number == 1:
            page.locator(".question:not(.done) .why summary").click()
            shoot(page, f"{name}-question")
        before = page.locator(".bubble.own").count()
        open_question.last.click()
        expect(page.locator(".bubble.own")).to_have_count(before + 1)
    expect(outcome).to_be_visible()


@pytest.mark.parametrize(
    ("language", "size", "name", "complaint"),
    [
        (
            "en",
            DESKTOP,
            "chat-en-desktop",
            "I have had a runny nose, a sore throat and a dry cough for two days, no fever",
        ),
        ("en", PHONE, "chat-en-phone", "It burns when I pee and I have to go all the time"),
        ("zh", DESKTOP, "chat-zh-desktop", "流鼻涕、嗓子疼、干咳两天，没有发烧"),
        ("zh", PHONE, "chat-zh-phone", "小便刺痛，尿频尿急"),
    ],
)
def test_a_whole_conversation(
    service: Service,
    browser: Browser,
    faults: list[str],
    language: str,
    size: dict[str, int],
    name: str,
    complaint: str,
) -> None:
    page = open_page(browser, faults, f"{service.url}/?language={language}", size)
    expect(page.locator(".question:not(.done)")).to_be_visible(timeout=15_000)
    shoot(page, f"{name}-start")
    introduce(page, "57", "female")
    expect(page.locator(".question:not(.done)").last).to_be_visible()
    say(page, complaint)
    expect(page.locator(".understood:not(.done)")).to_be_visible(timeout=15_000)
    shoot(page, f"{name}-understood")
    press(page, "confirm")
    answer_until_the_outcome(page, name)
    card = page.locator(".card.outcome")
    expect(card.locator("h2")).to_be_in_viewport(ratio=1)
    shoot(page, f"{name}-outcome")
    expect(card.locator("h2")).not_to_be_empty()
    expect(card.locator(".condition").first).to_be_visible()
    card.locator("details.sources summary").last.click()
    expect(card.locator(".citations li").first).to_be_visible()
    assert faults == []
    page.close()


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "I have crushing chest pain and I am sweating", "emergency-en"),
        ("zh", "我想自杀", "crisis-zh"),
    ],
)
def test_an_emergency_in_the_first_sentence(
    service: Service, browser: Browser, faults: list[str], language: str, text: str, name: str
) -> None:
    page = open_page(browser, faults, f"{service.url}/?language={language}", PHONE)
    expect(page.locator(".question:not(.done)")).to_be_visible(timeout=15_000)
    say(page, text)
    expect(page.locator(".card.emergency a.call")).to_be_visible(timeout=15_000)
    shoot(page, name)
    assert faults == []
    page.close()


def test_a_reload_keeps_the_conversation(
    service: Service, browser: Browser, faults: list[str]
) -> None:
    page = open_page(browser, faults, f"{service.url}/?language=en", DESKTOP, dark=True)
    expect(page.locator(".question:not(.done)")).to_be_visible(timeout=15_000)
    introduce(page, "30", "male")
    say(page, "I have a headache")
    expect(page.locator(".understood:not(.done)")).to_be_visible(timeout=15_000)
    heard = page.locator(".log > *").count()
    page.reload()
    expect(page.locator(".understood:not(.done)")).to_be_visible(timeout=15_000)
    assert page.locator(".log > *").count() == heard
    shoot(page, "chat-dark")
    press(page, "confirm")
    expect(page.locator(".question:not(.done)")).to_be_visible(timeout=15_000)
    assert faults == []
    page.close()


def test_a_health_question_is_answered_with_its_source(
    service: Service, browser: Browser, faults: list[str]
) -> None:
    page = open_page(browser, faults, f"{service.url}/?language=en", DESKTOP)
    expect(page.locator(".question:not(.done)")).to_be_visible(timeout=15_000)
    press(page, "yes")
    expect(page.locator(".question:not(.done)")).to_be_visible()
    say(page, "What is gout?")
    answer = page.locator(".bubble.answer")
    expect(answer).to_contain_text("uric acid", timeout=15_000)
    answer.locator("summary").click()
    expect(answer.locator(".citations a").first).to_be_visible()
    shoot(page, "question-en")
    assert faults == []
    page.close()


@pytest.mark.parametrize(
    ("size", "name"), [(DESKTOP, "dashboard-desktop"), (PHONE, "dashboard-phone")]
)
def test_the_dashboard_draws_the_report(
    service: Service, browser: Browser, faults: list[str], size: dict[str, int], name: str
) -> None:
    page = open_page(browser, faults, f"{service.url}/dashboard", size)
    page.locator("#sign-in input").fill(service.token("administrator"))
    page.locator("#sign-in button").click()
    expect(page.locator("#tiles .tile").first).to_be_visible(timeout=15_000)
    expect(page.locator("#by-hour svg")).to_be_visible()
    shoot(page, name)
    assert faults == []
    page.close()


def test_the_dashboard_refuses_a_doctor(
    service: Service, browser: Browser, faults: list[str]
) -> None:
    page = open_page(browser, faults, f"{service.url}/dashboard", DESKTOP)
    page.locator("#sign-in input").fill(service.token("doctor"))
    page.locator("#sign-in button").click()
    expect(page.locator("#sign-in .error")).to_be_visible()
    assert not page.locator("#report").is_visible()
    page.close()


def test_the_console_shows_a_cited_differential(
    service: Service, browser: Browser, faults: list[str]
) -> None:
    page = open_page(browser, faults, f"{service.url}/console", DESKTOP)
    page.locator("input[name=token]").fill(service.token("doctor"))
    page.locator("input[name=age]").fill("52")
    page.locator("select[name=sex]").select_option("male")
    page.locator("textarea").fill("Big toe red, hot and very painful since last night. No fever.")
    page.locator("#case button").click()
    expect(page.locator("details.condition").first).to_be_visible(timeout=15_000)
    shoot(page, "console-desktop")
    assert faults == []
    page.close()

"""Our page about a logout, as somebody reads it and presses its buttons."""

from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import etree

from tests.interop.browser import Browser, Sent


@dataclass(frozen=True)
class LogoutPage:
    """The page, in the browser that it is shown in."""

    browser: Browser
    url: str
    shown: bytes

    @classmethod
    def after(cls, browser: Browser, sent: Sent) -> "LogoutPage":
        """The page that the broker shows for what somebody has a browser bring."""
        page = browser.shown(sent.url, sent.fields or None)
        found = cls(browser, page.url, page.content)
        assert found._tree.find(".//ul[@class]/li[@data-outcome]") is not None, page.text
        return found

    @property
    def outcomes(self) -> dict[str, str]:
        """How each partner came out, by its code."""
        found = self._tree.iterfind(".//li[@data-partner]")
        return {step.get("data-partner", ""): step.get("data-outcome", "") for step in found}

    @property
    def complete(self) -> bool:
        """Whether it says that everybody is logged out."""
        return self._tree.find(".//*[@data-complete='yes']") is not None

    def log_out_of(self, code: str) -> Sent:
        """Press the button of a service; where that sends the browser."""
        form = self._tree.find(f".//li[@data-partner='{code}']/form")
        assert form is not None, f"{code} has no button"
        button = form.find("button")
        assert button is not None
        return self._press(form, {button.get("name", ""): button.get("value", "")})

    def finish(self) -> Sent:
        """Press the button that ends it; where that sends the browser."""
        forms = [f for f in self._tree.iter("form") if f.find(".//button[@name]") is None]
        assert len(forms) == 1, self.outcomes
        return self._press(forms[0], {})

    def _press(self, form: etree._Element, fields: dict[str, str]) -> Sent:
        return self.browser.post(urljoin(self.url, form.get("action", "")), fields)

    @property
    def _tree(self) -> etree._Element:
        return etree.HTML(self.shown)

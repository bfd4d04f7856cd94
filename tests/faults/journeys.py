"""People who go through the whole journey over plain HTTP, and try again when nothing answers."""

import re
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import httpx

from tests.running import TLS, Portal
from tests.sample import Sampled, sampled

GIVE_UP_SECONDS = 60.0
A_MOMENT = 0.4
SMOKE = "+447700900000"
"""Notify, and so the sandbox, answers for this number and keeps nothing."""


def travellers() -> list[Sampled]:
    """Some people of the sample, each with a mobile that none of the others has: they get texts."""
    by_mobile = {
        person.mobile: person
        for person in sampled()
        if person.mobile not in ("", SMOKE) and not person.case["victims"]
    }
    some = list(by_mobile.values())[:40]
    for person in some:
        person.contact = person.mobile
    return some


class GivenUp(Exception):
    """It took too long, or too many codes were asked for: what was acknowledged by then still stands."""


@dataclass
class Phone:
    """A browser that keeps its cookies itself, since ours are for secure connections alone."""

    portal: Portal
    address: str
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=self.portal.url, trust_env=False, verify=TLS, timeout=10)
        self.until = time.monotonic() + GIVE_UP_SECONDS

    def get(self, path: str) -> httpx.Response:
        return self._ask("GET", path)

    def post(self, path: str, page: httpx.Response, **fields: str) -> httpx.Response | None:
        """Send a form once.  None when no answer came: then nobody knows what was done."""
        token = re.search(r'name="csrf" value="([^"]+)"', page.text)
        try:
            return self._once("POST", path, data={"csrf": token[1] if token else "", **fields})
        except httpx.TransportError:
            return None

    def _ask(self, method: str, path: str) -> httpx.Response:
        """Look at a page, however often it takes."""
        while time.monotonic() < self.until:
            try:
                return self._once(method, path)
            except httpx.TransportError:
                time.sleep(A_MOMENT)
        raise GivenUp(path)

    def _once(self, method: str, path: str, **how: Any) -> httpx.Response:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {
            "Cookie": cookie,
            "Origin": self.portal.url,
            "Sec-Fetch-Site": "same-origin",
            "X-Forwarded-For": self.address,
        }
        answer = self.client.request(method, path, headers=headers, **how)
        for line in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise GivenUp(path)
        assert answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR, f"{answer.status_code} for {path}"
        return answer


@dataclass
class Journey:
    """One person's way, and what they were told was done."""

    portal: Portal
    person: Sampled
    phone: Phone
    has_read: bool = False
    has_confirmed: bool = False

    def go(self) -> None:
        """From the link to the confirmed appointment, as far as the patience of a minute reaches."""
        try:
            self._sign_in(self._link())
            while not self.has_read:
                self._read()
            while not self.has_confirmed:
                self._confirm()
        except GivenUp:
            return
        finally:
            self.phone.client.close()

    def _link(self) -> str:
        """The path in the first message."""
        (path,) = self._wait_for(r"http://[^/]+(/a/\S+)", newest=False)
        return path

    def _wait_for(self, pattern: str, *, newest: bool = True) -> list[str]:
        """The newest, or the first, that reached this person and says something like it."""
        while time.monotonic() < self.phone.until:
            sent = self.portal.outbox(self.person.contact)
            for message in sent if newest else reversed(sent):
                if found := re.search(pattern, message["body"]):
                    return list(found.groups())
            time.sleep(A_MOMENT)
        raise GivenUp(pattern)

    def _sign_in(self, link: str) -> None:
        """Ask for codes until one lets us in: where an answer was lost, nobody knows whether one was used."""
        while True:
            asked = self.phone.post(link, self.phone.get(link))
            if asked is None:
                continue
            if self._enter_newest_code():
                return

    def _enter_newest_code(self) -> bool:
        tried: set[str] = set()
        while time.monotonic() < self.phone.until:
            (code,) = self._wait_for(r"^(\d{6}) ")
            page = self.phone.get("/code")
            if page.status_code != httpx.codes.OK:
                return False
            if code in tried:
                time.sleep(A_MOMENT)
                continue
            tried.add(code)
            answer = self.phone.post("/code", page, code=code)
            if answer is None:
                return False
            if answer.status_code == httpx.codes.SEE_OTHER:
                return answer.headers["location"] == "/"
        raise GivenUp("/code")

    def _home(self) -> httpx.Response:
        page = self.phone.get("/")
        if page.status_code != httpx.codes.OK:
            raise GivenUp("/")
        return page

    def _read(self) -> None:
        page = self._home()
        form = re.search(r'action="(/cases/[^"]+/read)"', page.text)
        if form is None:
            self.has_read = True
            return
        version = re.search(r'name="version" value="(\d+)"', page.text)
        answer = self.phone.post(form[1], page, version=version[1] if version else "")
        self.has_read = answer is not None and answer.status_code == httpx.codes.SEE_OTHER

    def _confirm(self) -> None:
        path = re.search(r'href="(/appointments/[^"]+)"', self._home().text)
        if path is None:
            raise GivenUp("no appointment")
        page = self.phone.get(path[1])
        if page.status_code != httpx.codes.OK:
            raise GivenUp(path[1])
        if "/confirm" not in page.text:
            self.has_confirmed = True
            return
        answer = self.phone.post(f"{path[1]}/confirm", page)
        self.has_confirmed = answer is not None and answer.status_code == httpx.codes.SEE_OTHER

"""A real OpenID provider on this machine, for tests, and somebody who signs in with it.

It is the npm package `oidc-provider` with two applications, ours and another one, and the accounts
below. Its pages ask for a name and for consent, as providers do.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests
from bs4 import BeautifulSoup, Tag

from s11audit.config import OpenIdProvider
from s11audit.paths import PACKAGE

BASE_URL = "http://127.0.0.1:8000"
DOMAIN = "example.org"
OURS = ("s11audit", "a secret that only ours knows")
ANOTHER = ("another", "a secret that another one knows")

# Name at the provider → what it says of them. Anybody else has a verified address at its domain.
ACCOUNTS: dict[str, dict[str, Any]] = {
    "asif-unverified": {"email": "asif@example.org", "email_verified": False},
    "asif-as-text": {"email": "asif@example.org", "email_verified": "true"},
    "asif-silent": {"email": "asif@example.org"},
    "asif-nameless": {},
    "asif-mfa": {"email": "asif@example.org", "email_verified": True, "amr": ["pwd", "mfa"]},
    "priya-mfa": {"email": "priya@example.org", "email_verified": True, "amr": ["pwd", "mfa"]},
    "priya-pwd": {"email": "priya@example.org", "email_verified": True, "amr": ["pwd"]},
    "stranger": {"email": "stranger@example.org", "email_verified": True},
    "elsewhere": {"email": "asif@elsewhere.example", "email_verified": True},
}

PROGRAM = """
import {Provider} from 'oidc-provider';
const {port, clients, accounts} = JSON.parse(process.argv[1]);
const said = id => accounts[id] ?? {email: id, email_verified: true};
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients,
  cookies: {keys: ['only for tests']},
  claims: {openid: ['sub', 'amr'], email: ['email', 'email_verified'], profile: ['name']},
  conformIdTokenClaims: false,
  findAccount: (context, id) => ({accountId: id, claims: () => ({sub: id, ...said(id)})}),
});
const finished = provider.interactionFinished.bind(provider);
provider.interactionFinished = (request, response, result, options) => {
  if (result.login) result.login.amr = accounts[result.login.accountId]?.amr;
  return finished(request, response, result, options);
};
provider.listen(port, '127.0.0.1', () => console.log('READY'));
"""


@contextmanager
def running_provider() -> Iterator[OpenIdProvider]:
    """Start the provider; gives the settings by which our application trusts it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    clients = [
        {"client_id": name, "client_secret": secret, "redirect_uris": [back_at("local")]}
        for name, secret in (OURS, ANOTHER)
    ]
    told = json.dumps({"port": port, "clients": clients, "accounts": ACCOUNTS})
    # Machines without Node.js of their own have it beside Python: see requirements-node.txt.
    places = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    node = shutil.which("node", path=places)
    assert node, "These tests need Node.js"
    program = [node, "--input-type=module", "-e", PROGRAM, told]
    with subprocess.Popen(
        program,
        cwd=PACKAGE.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as running:
        assert running.stdout is not None
        try:
            while (line := running.stdout.readline()) and "READY" not in line:
                pass
            assert line, "The provider ended before it listened"
            yield OpenIdProvider(
                name="local",
                issuer=f"http://127.0.0.1:{port}",
                client_id=OURS[0],
                client_secret=OURS[1],
                label="Sign in with your Downshire account",
                domains=frozenset({DOMAIN}),
            )
        finally:
            running.terminate()


def back_at(name: str) -> str:
    """Where the provider sends people back to."""
    return f"{BASE_URL}/sign-in/with/{name}/back"


@dataclass
class Visitor:
    """A browser at the provider, which stays signed in there."""

    browser: requests.Session

    def signs_in(self, address: str, name: str) -> str:
        """Sign in at the provider and agree; gives the address that it leads back to."""
        seen = self.browser.get(address, allow_redirects=False)
        for _ in range(12):
            if seen.is_redirect:
                onward = urljoin(seen.url, seen.headers["Location"])
                if onward.startswith(BASE_URL):
                    return onward
                seen = self.browser.get(onward, allow_redirects=False)
                continue
            assert seen.status_code == 200, seen.text
            form = BeautifulSoup(seen.text, "html.parser").find("form")
            assert isinstance(form, Tag)
            prompt = form.find("input", attrs={"name": "prompt"})
            assert isinstance(prompt, Tag)
            fields = {"prompt": str(prompt["value"]), "login": name, "password": "any"}
            address = urljoin(seen.url, str(form["action"]))
            seen = self.browser.post(address, data=fields, allow_redirects=False)
        raise AssertionError("The provider does not let go")

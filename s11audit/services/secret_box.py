"""Text that only this installation can read: encrypted before it is stored or handed out."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


class BrokenSealError(Exception):
    """This was not closed here for this purpose, or somebody has changed it, or it is too old."""


class SecretBox:
    """Closes and opens texts by a key derived from the installation's secret.

    Each purpose has a key of its own (HKDF-SHA256, RFC 5869), so that what was closed for one
    is no use for another. The cipher is Fernet: AES-128 in CBC mode with HMAC-SHA256.
    """

    def __init__(self, secret_key: str) -> None:
        self._secret = secret_key.encode()

    def close(self, text: str, purpose: str) -> str:
        """The text encrypted: printable ASCII, about 4/3 as long and 100 characters more."""
        return self._cipher(purpose).encrypt(text.encode()).decode()

    def open(self, sealed: str, purpose: str, *, within_seconds: int | None = None) -> str:
        """What was closed for this purpose, in the last `within_seconds` where that is given.

        Raises BrokenSealError.
        """
        from cryptography.fernet import InvalidToken

        try:
            return self._cipher(purpose).decrypt(sealed.encode(), ttl=within_seconds).decode()
        except InvalidToken as error:
            raise BrokenSealError(purpose) from error

    def key_for(self, purpose: str) -> str:
        """A key of 32 bytes to hand out for this purpose, as base64 for addresses.

        It opens nothing that was closed here for another, and does not tell the secret.
        """
        # 60 ms to import, which most requests need not pay
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"s11audit {purpose}".encode())
        return base64.urlsafe_b64encode(derive.derive(self._secret)).decode()

    def _cipher(self, purpose: str) -> Fernet:
        from cryptography.fernet import Fernet

        return Fernet(self.key_for(purpose).encode())

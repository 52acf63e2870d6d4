"""Ed25519 keys of a sealer: the private one as PKCS 8 in PEM, the public one as a line of text.

That line is the ``vkey`` of C2SP signed notes: name, key id, and base64 of a byte 1 and the key.
``openssl pkey -in FILE -text`` shows the private one.
"""

import base64
import binascii
import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

_ED25519: Final = b"\x01"
"""Kind of signature, as C2SP signed notes number them."""


class KeyFileError(ValueError):
    """A key cannot be read, or is of another kind."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Whose signature it is, and what checks it."""

    name: str
    raw: bytes
    """32 bytes."""

    @property
    def id(self) -> bytes:
        """Four bytes by which a signature says whose it is; not enough to trust."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).digest()[:4]

    def __str__(self) -> str:
        """The line of text."""
        key = base64.b64encode(_ED25519 + self.raw).decode()
        return f"{self.name}+{self.id.hex()}+{key}"

    def signed(self, text: bytes, signature: bytes) -> bool:
        """Whether the owner of the key signed the text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """What signs."""

    name: str
    key: Ed25519PrivateKey

    @property
    def public(self) -> PublicKey:
        """The other half."""
        raw = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return PublicKey(self.name, raw)

    def sign(self, text: bytes) -> bytes:
        """The signature of a text: 64 bytes, the same every time."""
        return self.key.sign(text)


def make_key(file: Path, name: str) -> PublicKey:
    """Draw a key from the operating system, and write it where only its owner can read it.

    Raises:
        KeyFileError: the file is there already: whatever it signed could not be signed again; or
            the name has spaces or a plus sign.
    """
    _check_name(name)
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFileError(f"{file} is there already: a key is not overwritten") from None
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(f"name: {name}\n".encode() + pem)
        opened.flush()
        os.fsync(opened.fileno())
    return PrivateKey(name, key).public


def read_key(file: Path) -> PrivateKey:
    """The private key of a file.

    Raises:
        KeyFileError: there is none, it is encrypted, or it is no Ed25519 key.
    """
    try:
        text = file.read_bytes()
        first, _, rest = text.partition(b"\n")
        named = first.startswith(b"name: ")
        key = load_pem_private_key(rest if named else text, password=None)
    except (OSError, ValueError, TypeError) as error:
        raise KeyFileError(
            f"{file} is no readable private key ({error}): jimbot-replay keygen makes one"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"{file} holds a key that is not Ed25519")
    return PrivateKey(first.removeprefix(b"name: ").decode() if named else file.stem, key)


def read_public(text: str) -> PublicKey:
    """The public key of a line, or of a file that holds the line.

    Raises:
        KeyFileError: it is none, or its key id does not fit it.
    """
    file = Path(text)
    line = file.read_text().strip() if "+" not in text and file.is_file() else text.strip()
    try:
        name, told, coded = line.split("+", 2)
        raw = base64.b64decode(coded, validate=True)
    except (ValueError, binascii.Error):
        raise KeyFileError(f"{text!r} is no public key (NAME+ID+BASE64), and no file") from None
    found = PublicKey(name, raw[1:])
    if raw[:1] != _ED25519 or len(raw) != 33 or found.id.hex() != told:
        raise KeyFileError(f"the public key {name!r} is damaged: its id does not fit it")
    return found


def _check_name(name: str) -> None:
    if not name or "+" in name or any(letter.isspace() for letter in name):
        raise KeyFileError(f"the name of a key has no spaces and no plus sign: {name!r}")

"""Signatures: GitHub's published example, and what a sender may put in its place."""

import hashlib
import hmac

import oasis
import pytest

SECRET = "It's a Secret to Everybody"
BODY = b"Hello, World!"
SIGNATURE = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


def test_the_published_example_verifies() -> None:
    assert oasis.verify_signature(SECRET, BODY, SIGNATURE) is True
    assert oasis.verify_signature(SECRET.encode(), BODY, SIGNATURE) is True


def test_any_secret_of_a_rotation_verifies() -> None:
    assert oasis.verify_signature(["new", SECRET], BODY, SIGNATURE)
    assert oasis.verify_signature((b"new", SECRET), BODY, SIGNATURE)
    assert not oasis.verify_signature(["new", "newer"], BODY, SIGNATURE)


@pytest.mark.parametrize(
    "signature",
    ["", "nonsense", "sha256=", SIGNATURE[7:], SIGNATURE[:-1], SIGNATURE + "0", "sha1=" + "0" * 40, "é"],
)
def test_whatever_a_sender_sends_is_false_and_no_exception(signature: str) -> None:
    assert oasis.verify_signature(SECRET, BODY, signature) is False


def test_another_body_or_secret_is_false() -> None:
    assert not oasis.verify_signature(SECRET, b"Hello, World?", SIGNATURE)
    assert not oasis.verify_signature("another", BODY, SIGNATURE)


@pytest.mark.parametrize("secret", ["", b"", " \n", [], ["good", ""]])
def test_an_unusable_secret_raises(secret: object) -> None:
    with pytest.raises(oasis.SecretError):
        oasis.verify_signature(secret, BODY, SIGNATURE)  # type: ignore[arg-type]
    assert issubclass(oasis.SecretError, oasis.OasisError)


@pytest.mark.parametrize("size", [0, 1, 64, 1 << 20])
def test_python_signs_what_we_verify(size: int) -> None:
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    signature = "sha256=" + hmac.new(b"key", body, hashlib.sha256).hexdigest()
    assert oasis.verify_signature("key", body, signature)

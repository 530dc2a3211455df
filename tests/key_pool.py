"""RSA keys that cost no more than they must: read once, and made once for everybody's demo.

To make a key of 2048 bits takes 60 ms and to read one back, with its primes proved again, 40 ms.
A demo makes fifty and a broker that starts reads eight, which was a quarter of the suite. Those
of `broker init` have 3072 bits, which take four times as long, and it makes twelve.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, wraps
from itertools import count
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

_FOLDER = "KEYS_OF_TESTS"  # where the processes of one run keep their pool
_EXPONENT, _OF_DEMOS = 65537, 2048
_P = ParamSpec("_P")
_T = TypeVar("_T")
_make, _read = rsa.generate_private_key, serialization.load_pem_private_key


@cache
def _read_once(data: bytes) -> Any:  # as what it stands for gives back
    return _read(data, None)


def _reading(data: bytes, password: bytes | None = None, *more: Any, **options: Any) -> Any:
    """What a file holds, and what is wrong with it; the second time as it was found the first."""
    if password is not None or more or options:
        return _read(data, password, *more, **options)
    return _read_once(bytes(data))


def with_pool(make: Callable[_P, _T]) -> Callable[_P, _T]:
    """The same function, whose keys are those of the pool."""

    @wraps(make)
    def made(*arguments: _P.args, **named: _P.kwargs) -> _T:
        with pooled():
            return make(*arguments, **named)

    return made


def share(folder: Path) -> None:
    """From now on this process, and those that it starts, keep their pool in a folder."""
    folder.mkdir(exist_ok=True)
    os.environ[_FOLDER] = str(folder)


def read_once(patch: pytest.MonkeyPatch) -> None:
    """Let no key be read twice by this process; one that is refused is refused each time."""
    patch.setattr(serialization, "load_pem_private_key", _reading)


@contextmanager
def pooled(first: int = 0) -> Iterator[None]:
    """Within the block, every key that is made is the next of the pool, from its first.

    All within one block differ, as keys do; those of two blocks are the same. So a block is for
    a whole world, a demo with its parties, and never for whom that world must not know. What
    comes to a world that was made before goes on from another `first`.
    """
    numbers = count(first)

    def made(public_exponent: int, key_size: int, backend: Any = None) -> rsa.RSAPrivateKey:
        if public_exponent != _EXPONENT:
            return _make(public_exponent, key_size, backend)
        return _of_pool(next(numbers), key_size)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rsa, "generate_private_key", made)
        _everywhere(patch, made)
        yield


def _everywhere(patch: pytest.MonkeyPatch, made: Callable[..., rsa.RSAPrivateKey]) -> None:
    """The demo's authority took the function by name before anybody could change it."""
    from broker.demo import authority  # noqa: PLC0415 # the suite's plugins import nothing of it

    def new() -> rsa.RSAPrivateKey:
        return made(_EXPONENT, _OF_DEMOS)

    patch.setattr(authority, "new_key", new)


@cache
def _of_pool(number: int, bits: int) -> rsa.RSAPrivateKey:
    """The key of that number and size: what some process made of it first, or else made now."""
    path = Path(os.environ[_FOLDER]) / f"{bits}-{number}.pem"
    if not path.exists():
        pem = _make(_EXPONENT, bits).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(pem)
        with suppress(FileExistsError):  # another process was faster, and its key it is
            os.link(file.name, path)
        os.unlink(file.name)
    # We wrote it ourselves, a moment ago: nothing in it needs to be proved.
    found = _read(path.read_bytes(), None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(found, rsa.RSAPrivateKey)
    return found

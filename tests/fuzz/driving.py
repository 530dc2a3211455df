"""Under atheris: the product instrumented, one input after another. See `tests.fuzz.__main__`."""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["broker.saml", "broker.login"]):
    from tests.fuzz import target


def read(data: bytes) -> None:
    """What is raised here is what libFuzzer keeps."""
    target.one(data)


def main() -> None:
    """Fuzz by the arguments of libFuzzer; the first is a folder that gets honest messages."""
    folder = Path(sys.argv[1])
    for number, seed in enumerate(target.seeds()):
        (folder / f"honest-{number}").write_bytes(seed)
    atheris.Setup(sys.argv, read)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

"""Where the files that travel with the code are: beside the package, or inside a wheel of it."""

from pathlib import Path


def resource(name: str) -> Path:
    """The path of a shipped file or folder, such as `templates` or `deploy/migrations`.

    A wheel carries them in `_data` beside the modules; in a working tree they lie beside
    the package. Nothing is promised about whether the name exists.
    """
    package = Path(__file__).resolve().parent
    packed = package / "_data"
    return (packed if packed.is_dir() else package.parent) / name

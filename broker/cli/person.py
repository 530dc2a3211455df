"""Who is at this terminal, so that two names are two people wherever the machine can tell.

The kernel keeps the account that logged in (`pam_loginuid`): it outlasts sudo and su, and nobody
without a capability changes it. Where there is none, as inside a container, what sudo says counts,
and then the account that the process runs as. LOGNAME and USER are anybody's to set.
"""

import os
import pwd
from pathlib import Path

LOGIN = Path("/proc/self/loginuid")
_NOBODY = 2**32 - 1  # what the kernel says where nobody logged in


def person(login: Path = LOGIN) -> str:
    """The name of the account."""
    uid = _logged_in(login)
    if uid is not None:
        return _name(uid)
    return os.environ.get("SUDO_USER") or _name(os.getuid())


def _logged_in(login: Path) -> int | None:
    try:
        uid = int(login.read_text("ascii"))
    except (OSError, ValueError):
        return None
    return None if uid == _NOBODY else uid


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"

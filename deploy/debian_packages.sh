#!/bin/sh
# Installs the named Debian packages that are missing, or names them in one line.
# Usage: debian_packages.sh PACKAGE ...  of those that `has` knows
set -eu

has() {
    case $1 in
    python3-venv) "${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null ;;
    chromium) command -v chromium >/dev/null ;;
    # The same engine without windows: the tests ask it for thousands of pages.
    chromium-headless-shell) command -v chromium-headless-shell >/dev/null ;;
    # Only the server's programs are used; no cluster of the system is touched.
    postgresql) ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ;;
    # Run with configurations of the suite's own alone; no server of the system is started.
    nginx) command -v nginx >/dev/null || [ -x /usr/sbin/nginx ] ;;
    # The program, with which pysaml2's Server signs on the other side of interop tests.
    xmlsec1) command -v xmlsec1 >/dev/null ;;
    # A service by others. It brings the program apache2 but no server of the system, and
    # shibd and apache2 run with configurations of the suite's own alone.
    libapache2-mod-shib)
        [ -e /usr/lib/apache2/modules/mod_shib.so ] && [ -x /usr/sbin/apache2 ] &&
            [ -x /usr/sbin/shibd ]
        ;;
    *) echo "$0: no such package is known: $1" >&2 && exit 2 ;;
    esac
}

missing=""
for package in "$@"; do
    has "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "These Debian packages are missing; install them and try again:$missing" >&2
    exit 1
fi

echo "Installing Debian packages:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # one word per package
if ! { apt-get update -q && apt-get install -q -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "Debian packages could not be installed:$missing" >&2
    exit 1
fi

#!/bin/sh
# Installs the programs that the tests drive and that are not Python packages, where they are absent:
# a browser, a PostgreSQL server, a scanner for holes in web pages, and LibreOffice without a screen.
# Does nothing where all are there.
set -eu

missing=""
command -v chromium >/dev/null || missing="$missing chromium fonts-liberation"
command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ||
    missing="$missing postgresql"
command -v wapiti >/dev/null || missing="$missing wapiti"
if command -v apt-get >/dev/null; then
    office=/usr/lib/libreoffice/program
    [ -e "$office/libsclo.so" ] || missing="$missing libreoffice-calc-nogui"
    [ -e "$office/libswlo.so" ] || missing="$missing libreoffice-writer-nogui"
else
    command -v soffice >/dev/null || missing="$missing libreoffice"
fi
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "The tests need programs that are not on this machine. Install what your system calls:" >&2
    echo "   $missing" >&2
    exit 1
fi

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    as_root="sudo"
    if ! command -v sudo >/dev/null; then
        echo "The tests need programs that are not on this machine. As root, run:" >&2
        echo "    apt-get install --no-install-recommends$missing" >&2
        exit 1
    fi
fi

echo "Installing for the tests:$missing"
$as_root apt-get update -qq
# shellcheck disable=SC2086 # a list of package names
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null

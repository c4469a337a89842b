#!/usr/bin/env bash
# What this machine needs, and its installing where it is missing.
#
#   setup/packages.sh run     to build and run: a C compiler (for SQLite), espeak-ng (speech)
#   setup/packages.sh test    the same, and what the tests use
#
# Made for Debian 12 and 13. Nothing is touched when all is there. Installing
# needs root or sudo; without either, what is missing is named.
set -euo pipefail

mode=${1:-run}
go_needed=1.26
node_needed=20
os_release=${OS_RELEASE:-/etc/os-release} # another one in tests
python_icalendar=${PYTHON_ICALENDAR:-/usr/lib/python3/dist-packages/icalendar} # another one in tests
missing=()

say() { printf '%s\n' "$*" >&2; }
die() { say "setup: $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
want() { have "$1" || missing+=("$2"); } # command, Debian package

check_go() {
  have go || die "Go is not installed. Aufruf needs Go $go_needed or newer, see https://go.dev/dl/"
  # Asked outside the module: a very old Go cannot even read our go.mod.
  local version
  version=$(cd / && go env GOVERSION)
  version=${version#go}
  [ "$(printf '%s\n' "$go_needed" "$version" | sort -V | head -n 1)" = "$go_needed" ] ||
    die "this is Go $version, Aufruf needs Go $go_needed or newer, see https://go.dev/dl/"
}

# Debian 13 has a Node that is new enough, Debian 12 has not.
check_node() {
  local version=0
  if have node; then version=$(node -p 'process.versions.node.split(".")[0]'); fi
  if [ "$version" -ge "$node_needed" ]; then
    have npm || die "node is here and npm is not. Install the npm that belongs to this node."
    return
  fi
  local offered=0
  if have apt-cache; then
    offered=$(apt-cache policy nodejs 2>/dev/null | sed -n 's/^ *Candidate: *\([0-9]*\).*/\1/p')
  fi
  if [ "${offered:-0}" -ge "$node_needed" ] || grep -qs '^VERSION_ID="13"' "$os_release"; then
    missing+=(nodejs npm)
  else
    die "the tests need Node $node_needed or newer (node and npm in PATH); found ${version/#0/none}, and this system's packages offer none. See https://nodejs.org/"
  fi
}

install() {
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    have sudo || return 1
    as_root=(sudo)
  fi
  have apt-get || return 1
  say "setup: installing ${missing[*]}"
  "${as_root[@]}" apt-get update -q >&2 &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}" </dev/null >&2
}

check_go
want gcc gcc
[ -e /usr/include/stdio.h ] || missing+=(libc6-dev)
want espeak-ng espeak-ng
case $mode in
run) ;;
test)
  # Chromium as Debian builds it to run without a window. The one with a window
  # does as well and takes three times as much for every page that is opened.
  want chromium-headless-shell chromium-headless-shell
  want strace strace
  want sox sox
  # Reads the calendars in mails as another program would. It belongs to the
  # system's Python, whichever other stands in PATH.
  [ -e "$python_icalendar" ] || missing+=(python3-icalendar)
  check_node
  ;;
*) die "unknown mode $mode, want run or test" ;;
esac

[ ${#missing[@]} -gt 0 ] || exit 0
install && exit 0
if [ "$mode" = run ] && [ "${missing[*]}" = espeak-ng ]; then
  say "setup: espeak-ng is missing and could not be installed; calls will have the gong and no voice."
  exit 0
fi
if [ "${missing[*]}" = chromium-headless-shell ] && have chromium; then
  say "setup: chromium-headless-shell is missing and could not be installed; tests use chromium and take longer."
  exit 0
fi
die "missing: ${missing[*]}. Install them as root: apt-get install ${missing[*]}"

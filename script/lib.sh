# Shared by the scripts of this folder: `source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"`. Messages are for people: Chinese.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# shellcheck disable=SC2034 # for the scripts that source this file
PYTHON=$ROOT/.venv/bin/python

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() { # CODE MESSAGE
  warn "$2"
  exit "$1"
}

is_root() { [[ $(id -u) == 0 ]]; }
has() { command -v "$1" >/dev/null 2>&1; }

# Runs a command in silence; its output is shown only when it fails.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 || status=$?
  ((status == 0)) || cat "$log" >&2
  rm -f "$log"
  return "$status"
}

# The given Debian packages that are not installed, one on a line.
missing_packages() {
  comm -13 \
    <(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' | sort) \
    <(printf '%s\n' "$@" | sort)
}

install_packages() {
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300)
  # The lists of a fresh machine are empty or old: only then is the slow update needed.
  "${apt[@]}" install --no-install-recommends "$@" >/dev/null 2>&1 && return
  quietly "${apt[@]}" update && quietly "${apt[@]}" install --no-install-recommends "$@"
}

#!/usr/bin/env bash
# Make the Python environments, each from its own lock file, and skip what is already there.
#
#   deploy/environments.sh run    .venv (what the service needs) and .venv-rasa
#   deploy/environments.sh test   the same with the test tools
#
# Needs Python 3.11, npm and the package registries; Python 3.10 (for Rasa) is searched for, see below.
set -euo pipefail
cd "$(dirname "$0")/.."
purpose="${1:-run}"

say() { printf '\033[36m==>\033[0m %s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

works() { "$@" --version >/dev/null 2>&1; }

python311() {
  local candidate
  for candidate in python3.11 python3; do
    if works "$candidate" && "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; then
      command -v "$candidate"; return
    fi
  done
  fail "Python 3.11 was not found. Install it (Debian: apt-get install python3.11 python3.11-venv) and run this again."
}

uv() { .tools/bin/uv "$@"; }

tools() {
  local stamp=.tools/stamp
  if [ "$(cat "$stamp" 2>/dev/null)" = "$(cksum < requirements/tools.txt)" ]; then return; fi
  say "Installing uv, the package installer (20 MB)"
  "$(python311)" -m venv --clear .tools
  .tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt
  cksum < requirements/tools.txt > "$stamp"
}

# Python 3.10 for Rasa: what uv finds or downloads, then a python3.10 that really runs, then pyenv's
# newest 3.10 (its shim alone does not run when another version is selected).
python310() {
  local found version
  if works python3.10; then command -v python3.10; return; fi
  if command -v pyenv >/dev/null; then
    version="$(pyenv versions --bare 2>/dev/null | grep -E '^3\.10\.[0-9]+$' | sort -V | tail -1 || true)"
    if [ -n "$version" ]; then
      found="$(PYENV_VERSION="$version" pyenv which python3.10 2>/dev/null || true)"
      if [ -n "$found" ] && works "$found"; then echo "$found"; return; fi
    fi
  fi
  if uv python install --quiet 3.10 >/dev/null 2>&1; then uv python find 3.10; return; fi
  fail "Python 3.10 was not found and could not be downloaded; Rasa needs it. Install it (pyenv install 3.10, or your system's python3.10) and run this again."
}

# environment FOLDER PYTHON LOCK: an environment that holds exactly the lock's packages.
environment() {
  local folder="$1" python="$2" lock="$3" stamp="$1/stamp"
  if [ "$(cat "$stamp" 2>/dev/null)" = "$(cksum < "$lock")" ]; then return; fi
  say "Installing $folder from $lock"
  [ -x "$folder/bin/python" ] || uv venv --quiet --python "$python" "$folder"
  rm -f "$stamp"
  uv pip sync --python "$folder/bin/python" --require-hashes "$lock"
  cksum < "$lock" > "$stamp"
}

# The test environment holds all that the run environment does, so it serves both.
main_lock() {
  if [ "$purpose" = test ] || [ "$(cat .venv/stamp 2>/dev/null)" = "$(cksum < requirements/dev.txt)" ]; then
    echo requirements/dev.txt
  else
    echo requirements/main.txt
  fi
}

project() {
  if [ -x .venv/bin/medbrain ] && [ .venv/bin/medbrain -nt pyproject.toml ]; then return; fi
  say "Installing the medbrain command"
  uv pip install --quiet --python .venv/bin/python --no-deps --editable .
  touch .venv/bin/medbrain
}

# ECharts, which draws the dashboard.
client_packages() {
  local folder=api/clients stamp=api/clients/node_modules/stamp
  if [ "$(cat "$stamp" 2>/dev/null)" = "$(cksum < "$folder/package-lock.json")" ]; then return; fi
  works npm || fail "npm was not found; the dashboard needs it. Install Node.js with npm and run this again."
  say "Installing the web pages' packages from $folder/package-lock.json"
  npm ci --prefix "$folder" --omit=dev --silent
  cksum < "$folder/package-lock.json" > "$stamp"
}

tools
environment .venv "$(python311)" "$(main_lock)"
project
if [ ! -x .venv-rasa/bin/python ] || [ "$(cat .venv-rasa/stamp 2>/dev/null)" != "$(cksum < assistant/rasa_project/requirements.txt)" ]; then
  environment .venv-rasa "$(python310)" assistant/rasa_project/requirements.txt
fi
client_packages

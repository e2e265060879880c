# shellcheck shell=bash
# Sourced by every script (and by you: `. scripts/_setup.sh`): brings the installation up to date and puts it first on
# PATH. Under a second when nothing has changed.
_passavant_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$_passavant_root" || return 1

export VIRTUAL_ENV=$_passavant_root/.venv
case :$PATH: in
  :"$VIRTUAL_ENV/bin":*) ;;
  *) export PATH="$VIRTUAL_ENV/bin:$PATH" ;;
esac
. scripts/_packages.sh || return 1
export FOUNDRY_DISABLE_NIGHTLY_WARNING=1

scripts/setup || return 1

# The native programs: npm's shim of forge exits 0 when tests fail.
if ! { FORGE=$(command -v forge) && ANVIL=$(command -v anvil); }; then
  echo "setup: no forge or anvil for this machine; install Foundry 1.7.1 and put both on PATH" >&2
  return 1
fi
export FORGE ANVIL

# shellcheck shell=bash
# Sourced: how packages come in.

# Node does not read the system's certificates, so behind a proxy it trusts nobody.
if [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -f /etc/ssl/certs/ca-certificates.crt ]; then
  export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
fi
# Nor does uv, unless told.
export UV_SYSTEM_CERTS=1 PIP_DISABLE_PIP_VERSION_CHECK=1

# install_packages PYTHON FILE installs a locked requirements file for that Python, with uv and from the index
# that pip is configured for; with pip itself where uv cannot (an unusual pip configuration, no wheel of uv).
install_packages() {
  local python=$1 file=$2 log=.cache/packages.log index
  index=${UV_DEFAULT_INDEX:-${PIP_INDEX_URL:-$("$python" -m pip config get global.index-url 2>/dev/null || true)}}
  if [ ! -x .venv/bin/uv ]; then
    .venv/bin/python -m pip install -q --no-deps --require-hashes -r requirements/uv.txt >"$log" 2>&1 || true
  fi
  ${index:+env UV_DEFAULT_INDEX="$index"} .venv/bin/uv pip install --quiet --no-config --no-progress \
    --python "$python" --require-hashes -r "$file" >>"$log" 2>&1 && return
  echo "setup: uv could not install the packages ($log says why); trying pip, which takes a minute" >&2
  "$python" -m pip install -q --no-compile --require-hashes -r "$file"
}

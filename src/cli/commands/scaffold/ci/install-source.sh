# Builds Campanile from the commit named at the top of this file; the program is cached, so only the first run takes minutes.
if [ -z "$CAMPANILE_REPOSITORY" ] || [ -z "$CAMPANILE_REV" ]; then
  echo "set CAMPANILE_REPOSITORY and CAMPANILE_REV at the top of this file: where Campanile's source is, and which commit" >&2
  exit 1
fi
root=$CAMPANILE_HOME
if [ ! -x "$root/bin/campanile" ]; then
  if command -v rustup >/dev/null; then
    rustup toolchain install "$CAMPANILE_RUST" --profile minimal --no-self-update
    export RUSTUP_TOOLCHAIN="$CAMPANILE_RUST"
  fi
  cargo install --git "$CAMPANILE_REPOSITORY" --rev "$CAMPANILE_REV" --locked --root "$root" campanile
fi

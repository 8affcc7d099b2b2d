# Puts a released Campanile into $CAMPANILE_HOME/bin: CAMPANILE_VERSION of CAMPANILE_REPOSITORY (https://HOST/OWNER/NAME).
if [ -z "$CAMPANILE_REPOSITORY" ] || [ -z "$CAMPANILE_VERSION" ]; then
  echo "set CAMPANILE_REPOSITORY and CAMPANILE_VERSION: where Campanile is released, and which version" >&2
  exit 1
fi
case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) target=x86_64-unknown-linux-musl ;;
  Linux-aarch64 | Linux-arm64) target=aarch64-unknown-linux-musl ;;
  Darwin-x86_64) target=x86_64-apple-darwin ;;
  Darwin-arm64) target=aarch64-apple-darwin ;;
  MINGW*-x86_64 | MSYS*-x86_64) target=x86_64-pc-windows-msvc ;;
  *) echo "there is no binary for $(uname -s) on $(uname -m): build it with cargo install --git" >&2; exit 1 ;;
esac
name=campanile-$CAMPANILE_VERSION-$target
root=$CAMPANILE_HOME
if [ ! -d "$root/$name" ]; then
  mkdir -p "$root"
  for file in "$name.tar.gz" "$name.tar.gz.sha256"; do
    curl -fsSL --proto-redir '=https' --retry 3 -o "$root/$file" \
      "$CAMPANILE_REPOSITORY/releases/download/v$CAMPANILE_VERSION/$file"
  done
  if command -v sha256sum >/dev/null; then check="sha256sum -c"; else check="shasum -a 256 -c"; fi
  (cd "$root" && $check "$name.tar.gz.sha256")
  # Who built it, where the host keeps attestations and its client can ask for them.
  if [ -n "${GH_TOKEN:-}" ] && command -v gh >/dev/null; then
    gh attestation verify "$root/$name.tar.gz" --repo "${CAMPANILE_REPOSITORY#https://*/}"
  fi
  tar -xzf "$root/$name.tar.gz" -C "$root"
fi
mkdir -p "$root/bin"
cp "$root/$name"/campanile* "$root/bin/"

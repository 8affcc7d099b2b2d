if [ -n "$failed" ]; then
  echo "$failed" >&2
  exit 1
fi

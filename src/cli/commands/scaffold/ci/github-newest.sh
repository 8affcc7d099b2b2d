# A job of an old commit, waited for or run again, must not apply it over a newer one.
head=$(curl -fsSL --retry 3 -H "Authorization: Bearer $GITHUB_TOKEN" -H "Accept: application/vnd.github.sha" \
  "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/commits/$GITHUB_REF_NAME")
newest=true
if [ "$head" != "$GITHUB_SHA" ]; then
  newest=false
  echo "::notice title=campanile::$GITHUB_REF_NAME is at $head now: nothing is done for $GITHUB_SHA, the newer commit has a run of its own"
fi
echo "newest=$newest" >> "$GITHUB_OUTPUT"

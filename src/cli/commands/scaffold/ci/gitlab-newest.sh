# A job of an old commit, waited for or run again, must not apply it over a newer one.
head=$(git ls-remote "$CI_REPOSITORY_URL" "refs/heads/$CI_COMMIT_BRANCH")
head=${head%%[!0-9a-f]*}
if [ "$head" != "$CI_COMMIT_SHA" ]; then
  echo "$CI_COMMIT_BRANCH is at $head now: nothing is done for $CI_COMMIT_SHA, the newer commit has a pipeline of its own"
  exit 0
fi

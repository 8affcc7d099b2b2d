set -o pipefail
# The merged pull request of this commit, and the plan that its last commit was reviewed with.
api() { curl -fsSL --retry 3 -H "Authorization: Bearer $GITHUB_TOKEN" "$@"; }
repository=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY
reviewed=$(api "$repository/commits/$GITHUB_SHA/pulls" |
  jq -r --arg branch "$GITHUB_REF_NAME" '[.[] | select(.merged_at != null and .base.ref == $branch)][0].head.sha // empty')
if [ -z "$reviewed" ]; then
  echo "::error title=campanile::no merged pull request has this commit: nobody reviewed a plan of it. Run the workflow by hand to plan anew and apply"
  exit 4
fi
# Runs of forks can name an artifact as they like: only those of this repository count.
archive=$(api "$repository/actions/artifacts?per_page=100&name=@NAME@-plan-$reviewed" |
  jq -r '[.artifacts[] | select(.expired == false and .workflow_run.head_repository_id == .workflow_run.repository_id)] | sort_by(.created_at) | last | .archive_download_url // empty')
if [ -z "$archive" ]; then
  echo "::error title=campanile::there is no plan of $reviewed: its run failed, or the plan was kept too long ago. Run the workflow by hand to plan anew and apply"
  exit 4
fi
mkdir -p reviewed
api -o reviewed/plan.zip "$archive"
unzip -oq reviewed/plan.zip -d reviewed

# The merged merge request of this commit, and the plan that its last pipeline made.
api() { curl -fsSL --retry 3 -H "PRIVATE-TOKEN: $GITLAB_TOKEN" "$@"; }
project=$CI_API_V4_URL/projects/$CI_PROJECT_ID
api -o merged.json "$project/repository/commits/$CI_COMMIT_SHA/merge_requests"
iid=$(python3 -c 'import json, sys; print(next((m["iid"] for m in json.load(open("merged.json")) if m["state"] == "merged" and m["target_branch"] == sys.argv[1]), ""))' "$CI_COMMIT_BRANCH")
if [ -z "$iid" ]; then
  echo "no merged merge request has this commit: nobody reviewed a plan of it. Run the pipeline by hand to plan anew and apply" >&2
  exit 4
fi
mkdir -p reviewed
if ! api -o reviewed/plan.json "$project/jobs/artifacts/refs%2Fmerge-requests%2F$iid%2Fhead/raw/plan.json?job=@JOB@plan"; then
  echo "there is no plan of merge request !$iid: its job failed, or the plan was kept too long ago. Run the pipeline by hand to plan anew and apply" >&2
  exit 4
fi

"""The same days on GitLab: the file that `init` writes, in gitlab-ci-local, with the variables that GitLab's runner sets.

What differs from GitLab there, as met with 4.56.0: an `image` wants Docker, so it is left out and the shell runs the scripts;
variables of the commit come from the clone, so the others are given; `resource_group` and protected caches are GitLab's own.
"""
import datetime, json, os, shutil, subprocess, urllib.request

from host import git

LOCAL = os.environ.get("GITLAB_CI_LOCAL", "gitlab-ci-local")


def pipeline(story, source, branch="main", sha=None, iid=None, fork=False, secrets=True):
    """Runs the pipeline of a commit; the exit code and what was printed."""
    folder = story.work / "runner"
    if not folder.exists():
        git(story.work, "clone", "--quiet", f"file://{story.host.bare}", "runner")
        git(folder, "config", "user.email", "ci@example.com")
        git(folder, "config", "user.name", "CI")
    git(folder, "fetch", "--quiet", "origin")
    git(folder, "checkout", "--quiet", "--force", "-B", branch, sha or f"origin/{branch}")
    git(folder, "clean", "-fdq", "-x", "-e", ".gitlab-ci-local")
    file = folder / ".gitlab-ci.yml"
    file.write_text("".join(line for line in file.read_text().splitlines(True) if not line.startswith("  image:")))
    variables = {
        "CI_PIPELINE_SOURCE": source, "CI_PROJECT_ID": "99" if fork else "12", "CI_API_V4_URL": f"{story.host.url}/api/v4",
        "CI_REPOSITORY_URL": f"file://{story.host.bare}", "CI_COMMIT_SHA": git(folder, "rev-parse", "HEAD"), "CI_COMMIT_BRANCH": branch,
        "CI_DEFAULT_BRANCH": "main", "CI_SERVER_URL": "https://code.example", "CI_PROJECT_PATH": "o/r",
    }
    if iid:
        variables |= {"CI_MERGE_REQUEST_IID": str(iid), "CI_MERGE_REQUEST_PROJECT_ID": "12", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "99" if fork else "12",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": git(folder, "merge-base", "origin/main", "HEAD")}
    if secrets and not fork:
        variables |= {**story.secrets, "GITLAB_TOKEN": "token-of-ci"}
    words = [word for name, value in variables.items() for word in ("--variable", f"{name}={value}")]
    # Only isolated jobs have caches, and only others show after_script the files of script (findings/gitlab-ci-local-after-script.sh).
    isolated = [] if iid else ["--shell-isolation"]
    (story.work / ".gitconfig").write_text(f'[url "file://{story.host.bare}"]\n\tinsteadOf = https://code.example/o/r.git\n')
    environment = {"PATH": os.environ["PATH"], "HOME": str(story.work), "NO_COLOR": "1"}
    done = subprocess.run([LOCAL, "--home", str(story.work), *isolated, *words], cwd=folder, text=True, capture_output=True, env=environment, stdin=subprocess.DEVNULL)
    if (folder / "plan.json").exists():
        shutil.copy(folder / "plan.json", story.work / "plan.json")
    return done.returncode, done.stdout + done.stderr


def stories(Story, check, day):
    story = Story("GitLab: merge applies")
    first = story.commit("first")
    code, log = pipeline(story, "push")
    check(code == 0 and len(story.batches()) == 1, "first push: one batch", log)
    story.window("campaigns/welcome.yaml", 3, "Hello {{ first_name }}! Reply STOP to opt out")
    second = story.commit("second")
    code, log = pipeline(story, "push")
    check(code == 0 and len(story.batches()) == 2, "second push: replaced", log)
    check("imported cache" in log, "with the journal of the first", log)

    before = story.asked()
    code, log = pipeline(story, "push", sha=first)
    check(code == 0 and "nothing is done for" in log and story.asked() == before, "an old job again is green and asks no provider", log)
    code, log = pipeline(story, "schedule")
    check(code == 0 and "no window opens within a day" in log and story.asked() == before, "schedule: one offline look", log)

    story.project(1)
    story.window("campaigns/welcome.yaml", 3, "Hej {{ first_name }}! Reply STOP to opt out")
    story.commit("a guard", branch="guarded")
    code, log = pipeline(story, "merge_request_event", "guarded", iid=5)
    check(code != 0 and len(story.comment(5)) == 1 and "guard" in story.comment(5)[0], "a guard stops the plan: red, and told", log)
    check("| this change | before | after | difference |" in story.comment(5)[0], "it opens with the difference", story.comment(5))
    (story.clone / "campaigns/welcome.yaml").write_text("sender: [")
    story.commit("bad", branch="guarded")
    code, log = pipeline(story, "merge_request_event", "guarded", iid=5)
    check(code != 0 and len(story.comment(5)) == 1, "bad YAML: red, one comment", log)
    check("there is no plan" in story.comment(5)[0] and "Outdated: the plan of" in story.comment(5)[0], "the reason first, the old plan outdated", story.comment(5))

    git(story.clone, "checkout", "--quiet", "main")
    story.window("campaigns/other.yaml", 4)
    story.commit("another campaign", branch="other")
    code, log = pipeline(story, "merge_request_event", "other", iid=6, fork=True)
    check(code == 0 and "plan-offline" in log and "1 to create" not in log.replace("2 to create", "") and not story.comment(6), "a fork is planned offline", log)
    check("&#" not in log, "in plain text", log)
    code, log = pipeline(story, "merge_request_event", "other", iid=6)
    check(code == 0 and "1 to create" in story.comment(6)[0], "a merge request is planned", log)
    story.commit("merge", merge="other")
    code, log = pipeline(story, "push")
    check(code == 0 and len(story.batches()) == 3, "merge: applied", log)

    now = datetime.datetime.now(datetime.timezone.utc)
    opens, closes = ((now + datetime.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M") for hours in (3, 5))
    text = (story.clone / "campaigns/other.yaml").read_text().split("delivery:")[0]
    (story.clone / "campaigns/soon.yaml").write_text(f"{text}delivery: {{ windows: [{{ opens: {opens}, closes: {closes} }}] }}\n")
    story.commit("soon")
    code, log = pipeline(story, "schedule")
    check(code == 0 and len(story.batches()) == 4, "schedule: something opens within a day, applied", log)
    stopped = story.batches()[-1]
    ask = urllib.request.Request(f"{story.account}/v2/batches/{stopped['id']}", method="DELETE", headers={"authorization": "Bearer key-of-ip1"})
    urllib.request.urlopen(ask)
    code, log = pipeline(story, "schedule")
    check(code != 0, "schedule: what somebody canceled in the portal is red", log)
    check(not any(number in log for number in ("4670174060", "0701740")), "no number in a log", log)
    story.end()

    story = Story("GitLab: the merge applies the reviewed plan", "--approve", "saved-plan")
    story.commit("first")
    code, log = pipeline(story, "push")
    check(code != 0 and "nobody reviewed" in log and not story.batches(), "a push that nobody reviewed is refused", log)
    code, log = pipeline(story, "web")
    check(code == 0 and len(story.batches()) == 1, "by hand it is planned and applied", log)
    story.window("campaigns/other.yaml", 4)
    story.commit("another campaign", branch="other")
    code, log = pipeline(story, "merge_request_event", "other", iid=6)
    check(code == 0, "a merge request is planned", log)
    story.host.artifacts.append({"plan": (story.work / "plan.json").read_bytes(), "view": {"name": "refs/merge-requests/6/head"}})
    merged = story.commit("merge", merge="other")
    story.host.merged[merged] = [{"iid": 6, "state": "merged", "target_branch": "main"}]
    code, log = pipeline(story, "push")
    check(code == 0 and len(story.batches()) == 2, "the merge applies what was reviewed", log)
    story.window("campaigns/other.yaml", 4, "What nobody saw. Reply STOP")
    moved = story.commit("changed while merging")
    story.host.merged[moved] = [{"iid": 6, "state": "merged", "target_branch": "main"}]
    code, log = pipeline(story, "push")
    check(code != 0 and "has moved" in log and len(story.batches()) == 2, "what moved since is refused, and told", log)
    story.end()

    story = Story("GitLab: opt-outs are pulled, pushed and applied")
    git(story.host.bare, "config", "receive.advertisePushOptions", "true")
    story.on_sinch()
    story.commit("first")
    code, log = pipeline(story, "web")
    check(code == 0 and story.people() == 4, "the first run sends to everybody", log)
    first = story.head()
    story.text_in("46701740605")
    code, log = pipeline(story, "web")
    check(code == 0 and story.people() == 3, "who answered STOP leaves what is planned", log)
    check(story.head() != first and sum("STOP" in line.upper() for line in story.written()) == 1, "and is written down and pushed", story.written())
    second = story.head()
    story.text_in("46701740606")
    story.refuse_pushes()
    code, log = pipeline(story, "web")
    check(code != 0 and "could not be pushed" in log, "a refused push is red", log)
    check(story.head() == second and story.people() == 2, "and what was pulled is applied all the same", log)
    check(not any(number in log for number in ("4670174060", "0701740")), "no number in a log", log)
    story.end()

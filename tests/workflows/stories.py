"""The days of a project that `campanile init` wrote, on a code host: first push, second push, pull requests that a guard stops,
with bad YAML, from a fork, merge, schedule, an old job run again, approvals. The scripts are those of the files that `init`
writes; the account is `campanile emulate`.

    tests/workflows/stories.py path/to/campanile [github|gitlab]...
"""
import atexit, datetime, json, os, pathlib, subprocess, sys, tempfile, urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from host import Host, Run, git

PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())
NUMBERS = ("4670174060", "070-174 06 0", "0701740")
checked = 0


def check(condition, what, evidence=""):
    global checked
    checked += 1
    if not condition:
        raise SystemExit(f"FAILED: {what}\n{evidence}")


def day(days):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime("%Y-%m-%dT")


class Story:
    """A project in a repository on the host, and an account at an emulator."""

    def __init__(self, name, *init):
        self.folder = tempfile.TemporaryDirectory()
        self.work = pathlib.Path(self.folder.name)
        self.host = Host(self.work, PROGRAM)
        atexit.register(self.stop)
        self.emulator = subprocess.Popen([PROGRAM, "emulate", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        self.account = self.emulator.stdout.readline().split()[-1]
        self.secrets = {"IP1_API_KEY": "key-of-ip1"}
        git(self.work, "init", "--quiet", "--bare", "--initial-branch=main", "repository.git")
        git(self.host.bare, "config", "uploadpack.allowAnySHA1InWant", "true")
        self.clone = self.work / "clone"
        git(self.work, "clone", "--quiet", f"file://{self.host.bare}", "clone")
        git(self.clone, "checkout", "--quiet", "-B", "main")
        git(self.clone, "config", "user.email", "ci@example.com")
        git(self.clone, "config", "user.name", "CI")
        self.run("init", "--namespace", "ci", "--release", "1.2.3", "--repository", "https://code.example/o/campanile", *init, ".")
        for file in [*self.clone.glob(".github/workflows/*.yml"), self.clone / ".gitlab-ci.yml"]:
            file.write_text(file.read_text().replace("https://code.example/o/campanile", f"{self.host.url}/o/campanile"))
        self.project(50)
        self.window("campaigns/welcome.yaml", 3)
        print(f"== {name}")

    def project(self, max_recipients):
        (self.clone / "campanile.yaml").write_text(f"""namespace: ci
timezone: UTC
default_country: SE
providers: {{ ip1: {{ kind: ip1, base_url: "{self.account}", token_env: IP1_API_KEY, list_lag: 0s, requests_per_second: 500 }} }}
prices: [{{ provider: ip1, currency: SEK, country: SE, per_segment: "0.349", as_of: 2026-11-01 }}]
suppressions: [suppressions/stop.csv]
guards: {{ max_recipients: {max_recipients} }}
""")

    def on_sinch(self):
        """The same at Sinch, with opt-outs written down, and the workflows that push them."""
        (self.clone / "campanile.yaml").write_text(f"""namespace: ci
timezone: UTC
default_country: SE
providers:
  sinch:
    {{ kind: sinch, base_url: "{self.account}", service_plan_id: plan, token_env: SINCH_API_TOKEN, list_lag: 0s,
      requests_per_second: 500, opt_outs: {{ file: suppressions/opt-outs.csv }} }}
prices: [{{ provider: sinch, currency: SEK, country: SE, per_segment: "0.349", as_of: 2026-11-01 }}]
""")
        self.secrets = {"SINCH_API_TOKEN": "token-of-sinch"}
        self.run("init", "--workflows", "--release", "1.2.3", "--repository", "https://code.example/o/campanile", ".")
        for file in [*self.clone.glob(".github/workflows/*.yml"), self.clone / ".gitlab-ci.yml"]:
            file.write_text(file.read_text().replace("https://code.example/o/campanile", f"{self.host.url}/o/campanile"))

    def text_in(self, number):
        text = json.dumps({"plan": "plan", "from": number, "to": "46101606060", "body": "STOP"}).encode()
        urllib.request.urlopen(urllib.request.Request(f"{self.account}/_emulator/sinch/inbounds", data=text, method="POST"))

    def people(self):
        ask = urllib.request.Request(f"{self.account}/xms/v1/plan/batches", headers={"authorization": "Bearer token-of-sinch"})
        return sum(len(batch["to"]) for batch in json.load(urllib.request.urlopen(ask))["batches"] if not batch["canceled"])

    def head(self):
        return git(self.host.bare, "rev-parse", "main")

    def written(self):
        return git(self.host.bare, "show", "main:suppressions/opt-outs.csv").splitlines()

    def refuse_pushes(self):
        hook = self.host.bare / "hooks/pre-receive"
        hook.write_text("#!/bin/sh\necho 'the branch is protected' >&2\nexit 1\n")
        hook.chmod(0o755)

    def window(self, file, days, body="Hi {{ first_name }}! Reply STOP to opt out"):
        date = day(days)
        (self.clone / file).write_text(f"""sender: ACME
category: service
body: "{body}"
recipients: [{{ csv: ../recipients/customers.csv }}]
delivery: {{ windows: [{{ opens: {date}10:00, closes: {date}18:00 }}] }}
""")

    def run(self, *words):
        done = subprocess.run([PROGRAM, *words], cwd=self.clone, text=True, capture_output=True)
        check(done.returncode == 0, words, done.stdout + done.stderr)

    def commit(self, what, branch="main", merge=None):
        git(self.clone, "checkout", "--quiet", "-B", branch)
        if merge:
            git(self.clone, "merge", "--quiet", "--no-ff", "-m", what, merge)
        else:
            git(self.clone, "add", "-A")
            git(self.clone, "commit", "--quiet", "--allow-empty", "-m", what)
        git(self.clone, "push", "--quiet", "--force", "origin", branch)
        return git(self.clone, "rev-parse", "HEAD")

    def pull_request(self, branch):
        """The merge of the branch, as the host makes it to try a pull request."""
        git(self.clone, "checkout", "--quiet", "-B", f"try-{branch}", "origin/main")
        git(self.clone, "merge", "--quiet", "--no-ff", "-m", f"try {branch}", branch)
        git(self.clone, "push", "--quiet", "--force", "origin", f"try-{branch}")
        sha = git(self.clone, "rev-parse", "HEAD")
        git(self.clone, "checkout", "--quiet", "main")
        return sha

    def batches(self):
        ask = urllib.request.Request(f"{self.account}/v2/batches", headers={"authorization": "Bearer key-of-ip1"})
        return json.load(urllib.request.urlopen(ask))

    def asked(self):
        log = json.load(urllib.request.urlopen(f"{self.account}/_emulator/log"))
        return len([entry for entry in (log if isinstance(log, list) else log["requests"]) if "/_emulator/" not in str(entry)])

    def comment(self, number):
        return [comment["body"] for comment in self.host.comments.get(str(number), [])]

    def github(self, event, sha, **more):
        run = Run(self.host, event, sha, secrets=self.secrets, **more)
        for text in [*run.logs.values(), *run.summary.values()]:
            check(not any(number in text for number in NUMBERS), f"{event}: a number in a log or summary", text)
        return run

    def stop(self):
        self.emulator.terminate()
        self.emulator.wait()

    def end(self):
        self.stop()
        self.host.server.shutdown()
        self.folder.cleanup()


def github():
    story = Story("GitHub: merge applies")
    first = story.commit("first")
    run = story.github("push", first)
    check(run.results == {"plan-offline": "skipped", "plan": "skipped", "look": "success", "apply": "success"}, "first push", run.logs)
    check(len(story.batches()) == 1, "first push: one batch", story.batches())
    check([e["key"] for e in story.host.caches] == [f"campanile-journal:main:{run.run_id}-1"], "a journal of its own", [e["key"] for e in story.host.caches])

    story.window("campaigns/welcome.yaml", 3, "Hello {{ first_name }}! Reply STOP to opt out")
    second = story.commit("second")
    run = story.github("push", second)
    check(run.results["apply"] == "success" and len(story.batches()) == 2, "second push: replaced", run.logs)

    before = story.asked()
    again = story.github("push", first, run_id=1, attempt=2)
    check(again.results["look"] == "success" and again.results["apply"] == "skipped", "an old job again is green and applies nothing", again.logs)
    check("::notice" in again.logs["look"] and story.asked() == before, "and says so, and asks no provider", again.logs)
    again = story.github("push", second, run_id=run.run_id, attempt=2)
    check(story.host.caches[-1]["key"] == f"campanile-journal:main:{run.run_id}-2", "a second attempt keeps its journal", [e["key"] for e in story.host.caches])
    check("cannot reserve" not in again.logs.get("warnings", ""), "no key twice", again.logs)

    before = story.asked()
    run = story.github("schedule", second)
    check(run.results["look"] == "success" and run.results["apply"] == "skipped" and story.asked() == before, "schedule: nothing within a day, no provider asked", run.logs)

    # A kept batch is nothing that a guard stops: another text is a new one.
    story.project(1)
    story.window("campaigns/welcome.yaml", 3, "Hej {{ first_name }}! Reply STOP to opt out")
    story.commit("another text", branch="guarded")
    run = story.github("pull_request", story.pull_request("guarded"), base="main", payload=5)
    check(run.results["plan"] == "failure" and run.results["plan-offline"] == "skipped", "a guard stops the plan: red", run.logs)
    check(len(story.comment(5)) == 1 and "guard" in story.comment(5)[0] and "max_recipients" in story.comment(5)[0].replace("&#95;", "_"), "and the comment says why", story.comment(5))
    check("| this change | before | after | difference |" in story.comment(5)[0], "it opens with the difference", story.comment(5))
    git(story.clone, "checkout", "--quiet", "guarded")
    (story.clone / "campaigns/welcome.yaml").write_text("sender: [")
    story.commit("bad", branch="guarded")
    run = story.github("pull_request", story.pull_request("guarded"), base="main", payload=5)
    body = story.comment(5)[0]
    check(run.results["plan"] == "failure" and len(story.comment(5)) == 1, "bad YAML: red, one comment", run.logs)
    check("there is no plan" in body and "Outdated: the plan of" in body and body.index("welcome") < body.index("Outdated"), "the reason first, the old plan outdated", body)
    check("there is no plan" in run.summary["plan"], "the summary too", run.summary)

    git(story.clone, "checkout", "--quiet", "main")
    story.window("campaigns/other.yaml", 4)
    story.commit("another campaign", branch="other")
    tried = story.pull_request("other")
    run = story.github("pull_request", tried, base="main", payload=6, fork=True)
    check(run.results["plan-offline"] == "success" and run.results["plan"] == "skipped" and not story.comment(6), "a fork is planned offline", run.logs)
    run = story.github("pull_request", tried, base="main", payload=6)
    check(run.results["plan"] == "success" and "1 to create" in story.comment(6)[0], "a pull request is planned", run.logs)
    check("| messages | 4 | 8 | +4 |" in story.comment(6)[0] and "| people | 4 | 4 | 0 |" in story.comment(6)[0], "and its difference told", story.comment(6))
    merged = story.commit("merge", merge="other")
    run = story.github("push", merged)
    check(run.results["apply"] == "success" and len(story.batches()) == 3, "merge: applied", run.logs)

    now = datetime.datetime.now(datetime.timezone.utc)
    soon = (now + datetime.timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M"), (now + datetime.timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M")
    text = (story.clone / "campaigns/other.yaml").read_text().split("delivery:")[0]
    (story.clone / "campaigns/soon.yaml").write_text(f"{text}delivery: {{ windows: [{{ opens: {soon[0]}, closes: {soon[1]} }}] }}\n")
    due = story.commit("soon")
    run = story.github("schedule", due)
    check(run.results["apply"] == "success" and len(story.batches()) == 4, "schedule: something opens within a day, applied", run.logs)
    stopped = story.batches()[-1]
    ask = urllib.request.Request(f"{story.account}/v2/batches/{stopped['id']}", method="DELETE", headers={"authorization": "Bearer key-of-ip1"})
    urllib.request.urlopen(ask)
    run = story.github("schedule", due)
    check(run.results["apply"] == "failure", "schedule: what somebody canceled in the portal is red", run.logs)
    story.end()

    story = Story("GitHub: the merge applies the reviewed plan", "--approve", "saved-plan")
    first = story.commit("first")
    run = story.github("push", first)
    check(run.results["apply"] == "failure" and "nobody reviewed" in run.logs["apply"] and not story.batches(), "a push that nobody reviewed is refused", run.logs)
    run = story.github("workflow_dispatch", first)
    check(run.results["apply"] == "success" and len(story.batches()) == 1, "by hand it is planned and applied", run.logs)
    story.window("campaigns/other.yaml", 4)
    head = story.commit("another campaign", branch="other")
    run = story.github("pull_request", story.pull_request("other"), base="main", payload=6)
    check(run.results["plan"] == "success" and story.host.artifacts[-1]["view"]["name"] == f"campanile-plan-{head}", "the plan is kept by commit", run.logs)
    merged = story.commit("merge", merge="other")
    story.host.merged[merged] = [{"number": 6, "merged_at": "now", "base": {"ref": "main"}, "head": {"sha": head}}]
    run = story.github("push", merged)
    check(run.results["apply"] == "success" and len(story.batches()) == 2, "the merge applies what was reviewed", run.logs)
    git(story.clone, "checkout", "--quiet", "-B", "third", "main")
    story.window("campaigns/third.yaml", 5)
    head = story.commit("a third", branch="third")
    story.github("pull_request", story.pull_request("third"), base="main", payload=7)
    git(story.clone, "checkout", "--quiet", "main")
    git(story.clone, "merge", "--quiet", "third")
    story.window("campaigns/third.yaml", 5, "What nobody saw. Reply STOP")
    moved = story.commit("changed while merging")
    story.host.merged[moved] = [{"number": 7, "merged_at": "now", "base": {"ref": "main"}, "head": {"sha": head}}]
    run = story.github("push", moved)
    check(run.results["apply"] == "failure" and "has moved" in run.logs["apply"] and len(story.batches()) == 2, "what moved since is refused, and told", run.logs)
    forged = {**story.host.artifacts[-1]["view"], "workflow_run": {"head_repository_id": 2, "repository_id": 1}, "created_at": "99999"}
    story.host.artifacts[-1]["view"] = forged
    run = story.github("push", moved, attempt=2, run_id=run.run_id)
    check("there is no plan of" in run.logs["apply"], "an artifact of a fork is no approval", run.logs)
    story.end()


    story = Story("GitHub: opt-outs are pulled, pushed and applied")
    story.on_sinch()
    first = story.commit("first")
    run = story.github("workflow_dispatch", first)
    check(run.results["apply"] == "success" and story.people() == 4, "the first run sends to everybody", run.logs)
    first = story.head()
    story.text_in("46701740605")
    run = story.github("workflow_dispatch", first)
    check(run.results["apply"] == "success" and story.people() == 3, "who answered STOP leaves what is planned", run.logs)
    check(story.head() != first and sum("STOP" in line.upper() for line in story.written()) == 1, "and is written down and pushed", story.written())
    check("token-of-ci" not in str(run.logs), "the token is not shown", run.logs)
    second = story.head()
    story.text_in("46701740606")
    story.refuse_pushes()
    run = story.github("workflow_dispatch", second)
    check(run.results["apply"] == "failure" and "could not be pushed" in run.logs["apply"], "a refused push is red", run.logs)
    check(story.head() == second and story.people() == 2, "and what was pulled is applied all the same", run.logs)
    story.end()


def gitlab():
    from gitlab import stories
    stories(Story, check, day)


for host in sys.argv[2:] or ["github", "gitlab"]:
    {"github": github, "gitlab": gitlab}[host]()
print(f"{checked} passed, 0 failed")

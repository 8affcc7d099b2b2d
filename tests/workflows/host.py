"""A code host on loopback, as far as the workflows of `campanile init` speak with one: a repository, comments, merged
requests, artifacts, releases. It runs GitHub workflows: their conditions, needs, caches and the very scripts of their steps.

Facts (docs.github.com, "Workflow syntax", "Contexts", "Caching dependencies", read 2026-11): `run` without `shell` is `bash -e`; a step
without `if` means `success()`; a cache key is written once; a branch reads caches of its own and of the default branch,
a pull request those of its base too; a prefix restores the newest; a skipped job skips those that need it.
"""
import io, json, os, pathlib, re, shutil, subprocess, tarfile, hashlib, threading, zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlparse

import yaml


def git(folder, *words, **more):
    return subprocess.run(["git", "-C", str(folder), *words], check=True, text=True, capture_output=True, **more).stdout.strip()


class Host:
    """The host's API for one repository, `o/r` at GitHub and project 12 at GitLab."""

    def __init__(self, work, program):
        self.work, self.program = pathlib.Path(work), program
        self.bare = self.work / "repository.git"
        self.comments, self.artifacts, self.merged, self.requests, self.caches = {}, [], {}, [], []
        host = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                host.answer(self, "GET")

            def do_POST(self):
                host.answer(self, "POST")

            do_PATCH = do_PUT = lambda self: host.answer(self, self.command)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request, method):
        body = request.rfile.read(int(request.headers.get("content-length") or 0))
        url = urlparse(request.path)
        token = request.headers.get("authorization") or request.headers.get("private-token")
        self.requests.append(f"{method} {url.path}")
        status, kind, data = self.route(method, url, token, json.loads(body) if body else None, request.headers)
        request.send_response(status)
        request.send_header("content-type", kind)
        request.send_header("content-length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    def route(self, method, url, token, body, headers):
        def answer(value, status=200):
            return status, "application/json", json.dumps(value).encode()

        path = url.path
        if path.startswith("/o/campanile/releases/download/"):
            return self.release(path)
        if not token:
            return answer({"message": "requires authentication"}, 401)
        if match := re.fullmatch(r"/repos/o/r/commits/(.+)/pulls", path):
            return answer(self.merged.get(match[1], []))
        if match := re.fullmatch(r"/repos/o/r/commits/(.+)", path):
            assert headers["accept"] == "application/vnd.github.sha", headers["accept"]
            return 200, "text/plain", git(self.bare, "rev-parse", match[1]).encode()
        if path == "/repos/o/r/actions/artifacts":
            name = parse_qs(url.query)["name"][0]
            return answer({"artifacts": [a["view"] for a in self.artifacts if a["view"]["name"] == name]})
        if match := re.fullmatch(r"/artifacts/(\d+)", path):
            return 200, "application/zip", self.artifacts[int(match[1])]["zip"]
        if match := re.fullmatch(r"/api/v4/projects/12/repository/commits/(\w+)/merge_requests", path):
            return answer(self.merged.get(match[1], []))
        if match := re.fullmatch(r"/api/v4/projects/12/jobs/artifacts/(.+)/raw/plan.json", path):
            found = [a for a in self.artifacts if a["view"]["name"] == unquote(match[1])]
            return (200, "application/json", found[-1]["plan"]) if found else answer({}, 404)
        if path == "/api/v4/user":
            return answer({"id": 1})
        if match := re.search(r"/(?:issues|merge_requests)/(\d+)/(?:comments|notes)$", path):
            thread = self.comments.setdefault(match[1], [])
            if method == "POST":
                author = {"user": {"type": "Bot"}, "author_association": "NONE"} if "/repos/" in path else {"author": {"id": 1}}
                thread.append({"id": len(thread) + 1 + 100 * int(match[1]), "body": body["body"], **author})
                return answer(thread[-1], 201)
            return answer(thread)
        if match := re.search(r"/(?:comments|notes)/(\d+)$", path):
            comment = next(c for thread in self.comments.values() for c in thread if c["id"] == int(match[1]))
            comment["body"] = body["body"]
            return answer(comment)
        return answer({"message": "not found"}, 404)

    def release(self, path):
        """An archive as release.yml packs it."""
        name = path.rsplit("/", 1)[1].removesuffix(".sha256").removesuffix(".tar.gz")
        packed = self.work / f"{name}.tar.gz"
        if not packed.exists():
            with tarfile.open(packed, "w:gz", compresslevel=1) as archive:
                archive.add(self.program, f"{name}/campanile")
        data = packed.read_bytes()
        if path.endswith(".sha256"):
            data = f"{hashlib.sha256(data).hexdigest()}  {name}.tar.gz\n".encode()
        return 200, "application/octet-stream", data


class Expression:
    """Conditions and `${{ }}` of GitHub, as far as these workflows use them."""

    def __init__(self, contexts, status, folder):
        self.contexts, self.status, self.folder = contexts, status, folder

    def value(self, text):
        token = re.compile(r"\s*(&&|\|\||==|!=|!|\(|\)|,|'(?:[^']|'')*'|[\w.\-]+)")
        self.tokens = token.findall(text)
        assert "".join(self.tokens).replace(" ", "") == text.replace(" ", ""), text
        result = self.either()
        assert not self.tokens, (text, self.tokens)
        return result

    def take(self, *wanted):
        if self.tokens and self.tokens[0] in wanted:
            return self.tokens.pop(0)

    def either(self):
        left = self.both()
        while self.take("||"):
            right = self.both()
            left = left or right
        return left

    def both(self):
        left = self.compared()
        while self.take("&&"):
            right = self.compared()
            left = left and right
        return left

    def compared(self):
        left = self.single()
        if operator := self.take("==", "!="):
            right = self.single()
            same = ("" if left is None else left) == ("" if right is None else right)
            return same if operator == "==" else not same
        return left

    def single(self):
        if self.take("!"):
            return not self.single()
        if self.take("("):
            value = self.either()
            assert self.take(")")
            return value
        word = self.tokens.pop(0)
        if word.startswith("'"):
            return word[1:-1].replace("''", "'")
        if self.take("("):
            arguments = []
            while not self.take(")"):
                arguments.append(self.either())
                self.take(",")
            return self.call(word, arguments)
        value = self.contexts
        for part in word.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return value

    def call(self, name, arguments):
        if name == "hashFiles":
            files = [f for pattern in arguments for f in pathlib.Path(self.folder).glob(pattern)]
            return "hash" if files else ""
        return {"always": True, "cancelled": False, "success": self.status == "success", "failure": self.status == "failure"}[name]

    def filled(self, text):
        return re.sub(r"\$\{\{(.*?)\}\}", lambda m: str(self.value(m[1].strip()) or ""), str(text))


class Run:
    """One attempt of one run of a GitHub workflow."""

    last_id = 0

    def __init__(self, host, event, sha, ref="main", base=None, fork=False, secrets=None, run_id=None, attempt=1, payload=None):
        self.host, self.sha, self.ref, self.event_name = host, sha, ref, event
        Run.last_id += 0 if run_id else 1
        self.run_id, self.attempt = run_id or Run.last_id, attempt
        self.secrets = {} if fork else dict(secrets or {})
        self.scope = ref if event != "pull_request" else f"pull/{payload}"
        self.readable = [self.scope, "main", base]
        self.logs, self.results, self.outputs, self.summary = {}, {}, {}, {}
        self.github = {
            "event_name": event, "ref": f"refs/heads/{ref}", "ref_name": ref, "sha": sha, "repository": "o/r",
            "token": "token-of-ci", "run_id": self.run_id, "run_attempt": attempt, "base_ref": base or "",
            "event": {"pull_request": {"number": payload, "head": {"sha": git(host.bare, "rev-parse", f"{sha}^2") if base else "",
                "repo": {"full_name": "somebody/r" if fork else "o/r"}}}} if event == "pull_request" else {},
        }
        self.play()

    def play(self):
        source = git(self.host.bare, "ls-tree", "-r", "--name-only", self.sha, ".github/workflows").split()
        workflow = yaml.safe_load(git(self.host.bare, "show", f"{self.sha}:{source[0]}"))
        for name, job in workflow["jobs"].items():
            needs = [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", [])
            contexts = {"github": self.github, "needs": {n: {"outputs": self.outputs.get(n, {})} for n in needs}}
            wanted = all(self.results[n] == "success" for n in needs)
            condition = str(job.get("if", "true")).strip().removeprefix("${{").removesuffix("}}").strip()
            if not wanted or not (condition == "true" or Expression(contexts, "success", ".").value(condition)):
                self.results[name] = "skipped"
                continue
            self.job(name, job, workflow.get("env", {}))

    def job(self, name, job, environment):
        folder = self.host.work / f"job-{self.run_id}-{self.attempt}-{name}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        workspace = folder / "workspace"
        workspace.mkdir()
        (folder / ".gitconfig").write_text(f'[url "file://{self.host.bare}"]\n\tinsteadOf = https://code.example/o/r.git\n')
        self.logs[name], status, saves, steps = "", "success", [], {}
        path = [f"{self.host.work}/bin"]
        contexts = {"github": {**self.github, "workspace": str(workspace)}, "secrets": self.secrets, "steps": steps,
            "runner": {"os": "Linux", "arch": "X64", "temp": str(folder)}, "env": {}}
        expression = lambda: Expression(contexts, status, workspace)
        base = {key: expression().filled(value) for key, value in environment.items()}
        contexts["env"] = base
        for number, step in enumerate(job["steps"]):
            condition = str(step.get("if", "success()")).strip().removeprefix("${{").removesuffix("}}").strip()
            if "always()" not in condition and "cancelled()" not in condition and "success()" not in condition:
                condition = f"success() && ({condition})"
            if not expression().value(condition):
                continue
            told = folder / f"told-{number}"
            if "uses" in step:
                given = {key: expression().filled(value) for key, value in step.get("with", {}).items()}
                self.action(step["uses"].split("@")[0], given, workspace, saves)
                continue
            own = {key: expression().filled(value) for key, value in step.get("env", {}).items()}
            files = {key: str(folder / f"{key}-{number}") for key in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")}
            for file in files.values():
                pathlib.Path(file).touch()
            event = folder / "event.json"
            event.write_text(json.dumps(self.github["event"]))
            command = expression().filled(step["run"])
            done = subprocess.run(["bash", "-e", "-c", command], cwd=workspace, text=True, capture_output=True, stdin=subprocess.DEVNULL,
                env={"PATH": ":".join([*path, os.environ["PATH"]]), "HOME": str(folder), "CI": "true", "GITHUB_ACTIONS": "true",
                    "GITHUB_API_URL": self.host.url, "GITHUB_SERVER_URL": "https://code.example", "GITHUB_REPOSITORY": "o/r",
                    "GITHUB_SHA": self.sha, "GITHUB_REF_NAME": self.ref, "GITHUB_EVENT_NAME": self.event_name,
                    "GITHUB_RUN_ID": str(self.run_id), "GITHUB_EVENT_PATH": str(event), "RUNNER_TEMP": str(folder), **files, **base, **own})
            self.logs[name] += f"$ {step.get('name')}\n{done.stdout}{done.stderr}"
            self.summary[name] = self.summary.get(name, "") + pathlib.Path(files["GITHUB_STEP_SUMMARY"]).read_text()
            path[:0] = pathlib.Path(files["GITHUB_PATH"]).read_text().split()
            outputs = dict(line.split("=", 1) for line in pathlib.Path(files["GITHUB_OUTPUT"]).read_text().splitlines())
            steps[step.get("id", number)] = {"outputs": outputs}
            if done.returncode != 0:
                status = "failure"
        for save in saves if status == "success" else []:
            save()
        self.results[name] = status
        self.outputs[name] = {key: expression().filled(value) for key, value in job.get("outputs", {}).items()}

    def action(self, action, given, workspace, saves):
        if action == "actions/checkout":
            assert given["persist-credentials"] in ("false", "False", ""), given
            git(self.host.work, "clone", "--quiet", f"--depth={given.get('fetch-depth', 1)}", "--no-single-branch", f"file://{self.host.bare}", str(workspace))
            git(workspace, "fetch", "--quiet", f"--depth={given.get('fetch-depth', 1)}", "origin", self.sha)
            git(workspace, "checkout", "--quiet", self.sha)
        elif action == "actions/cache/restore":
            self.restore(given, workspace)
        elif action == "actions/cache":
            if not self.restore(given, workspace):
                saves.append(lambda: self.save(given, workspace))
        elif action == "actions/cache/save":
            self.save(given, workspace)
        elif action == "actions/upload-artifact":
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w") as archive:
                archive.write(workspace / given["path"], given["path"])
            number = len(self.host.artifacts)
            self.host.artifacts.append({"zip": packed.getvalue(), "view": {"name": given["name"], "expired": False, "created_at": f"{number:05}",
                "archive_download_url": f"{self.host.url}/artifacts/{number}", "workflow_run": {"head_repository_id": 1, "repository_id": 1}}})
        else:
            raise AssertionError(f"unknown action {action}")

    def restore(self, given, workspace):
        readable = [entry for entry in self.host.caches if entry["scope"] in self.readable]
        exact = [entry for entry in readable if entry["key"] == given["key"]]
        prefixes = [prefix for prefix in given.get("restore-keys", "").split("\n") if prefix]
        near = [entry for prefix in prefixes for entry in readable if entry["key"].startswith(prefix)]
        for entry in (exact or near)[-1:]:
            for name, data in entry["files"].items():
                target = workspace / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
                target.chmod(0o755)
        return bool(exact)

    def save(self, given, workspace):
        if any(entry["key"] == given["key"] and entry["scope"] == self.scope for entry in self.host.caches):
            self.logs["warnings"] = self.logs.get("warnings", "") + f"cannot reserve cache {given['key']}\n"
            return
        files = {}
        for pattern in given["path"].split("\n"):
            for file in workspace.glob(pattern.strip()) if pattern.strip() else []:
                for each in file.rglob("*") if file.is_dir() else [file]:
                    if each.is_file():
                        files[str(each.relative_to(workspace))] = each.read_bytes()
        self.host.caches.append({"key": given["key"], "scope": self.scope, "files": files})

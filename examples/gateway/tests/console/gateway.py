"""A gateway of its own for each test: its own process, directory and port."""

import hashlib
import hmac
import json
import os
import signal
import subprocess
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

SECRET = "canary-secret-of-these-tests"
OWN = ("PORT", "DATABASE_URL", "SUPABASE_DB_URL", "RUST_LOG")


class Gateway:
    """Starts over a directory; `restart` comes back at the same port."""

    def __init__(self, **environment):
        self.folder = tempfile.TemporaryDirectory(prefix="oasis-console-")
        self.environment = environment
        self.address = "127.0.0.1:0"
        self.start()

    def start(self):
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in OWN and not name.startswith(("OASIS_", "GITHUB_"))
        }
        given = {
            "OASIS_DATA_DIR": self.folder.name,
            "GITHUB_WEBHOOK_SECRET": SECRET,
            "OASIS_LOG_FORMAT": "json",
            "OASIS_LISTEN": self.address,
            "OASIS_RATE_LIMIT": "off",
        }
        self.process = subprocess.Popen(
            [os.environ["OASIS_GATEWAY"]],
            env={**kept, **given, **self.environment},
            stderr=subprocess.PIPE,
            text=True,
        )
        for line in self.process.stderr:
            address = json.loads(line).get("fields", {}).get("address")
            if address:
                self.address = address
                break
        else:
            raise RuntimeError("the gateway did not start")
        # Read on, or a full pipe would stop it.
        self.reader = ThreadPoolExecutor(1)
        self.reader.submit(lambda pipe: [None for _ in pipe], self.process.stderr)
        self.url = f"http://{self.address}"

    def kill(self):
        """`kill -9`."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.kill()
        self.reader.shutdown()
        self.folder.cleanup()

    def post(self, event, payload, delivery=None):
        """Delivers as GitHub would; gives the receipt."""
        body = json.dumps(payload).encode()
        proof = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        request = urllib.request.Request(
            f"{self.url}/webhooks/github",
            data=body,
            headers={
                "content-type": "application/json",
                "x-github-event": event,
                "x-github-delivery": delivery or os.urandom(16).hex(),
                "x-hub-signature-256": f"sha256={proof}",
            },
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    def beat(self, token, **members):
        """A heartbeat of an agent."""
        request = urllib.request.Request(
            f"{self.url}/api/v1/agents/heartbeat",
            data=json.dumps(members).encode(),
            headers={"content-type": "application/json", "authorization": f"Bearer {token}"},
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    def post_all(self, deliveries):
        with ThreadPoolExecutor(16) as pool:
            return list(pool.map(lambda delivery: self.post(*delivery), deliveries))

    def demo(self):
        subprocess.run(
            [os.environ["OASIS_GATEWAY"], "demo", "--url", self.url],
            env={**os.environ, "GITHUB_WEBHOOK_SECRET": SECRET, "OASIS_DATA_DIR": self.folder.name},
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def get(self, path):
        with urllib.request.urlopen(f"{self.url}{path}", timeout=10) as response:
            return json.load(response)


def moment(ago=0):
    """So many seconds ago, as GitHub writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - ago))

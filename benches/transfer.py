#!/usr/bin/env python3
"""One large CSV file from one HTTP server to another, by `writeback run` and by what people use instead.

    benches/transfer.py                      1 GiB, 5 rounds, both paths, plain and TLS
    benches/transfer.py --gib 0.25 --rounds 3 --only plain --path new
    benches/transfer.py --before PATH        an earlier build of writeback, beside this one
    benches/transfer.py --only memory        writeback's peak memory at 1 and 8 GiB, on both paths

A file that is new is sent while it comes: beside it stand `curl | curl` and `rclone copyurl`. A file that is there is sent
nothing before every row has come and been counted: beside it stand `curl -o`, `wc -l` and `curl -T`, one after the other.

Source and sink are two nginx on loopback with their files in memory (/dev/shm), and the sink takes a body in pieces of
256 KiB, not nginx's 16: otherwise the sink would be the slow side, whoever sends. What is compared is not alike: the
others copy bytes; writeback keeps them on disk for another attempt, counts the rows, holds the end or all of it back until
the count is what Domo states, and proves the upload afterwards. (`wc -l` counts line ends, which are no rows.)

What a disk charges for a file that is written and freed is part of writeback's time. Where the file system discards freed
blocks at once (ext4 with `discard` and no journal), freeing alone takes 0.13 s a GiB here. `--disk` names another folder, which
for the figures in docs/performance.md was on an ext4 with Debian's options in a file: `losetup --direct-io=on`, `mkfs.ext4`, `mount`.

Wall time is from the start of the first client process to the end of the last; CPU is user and system time of the
client processes, summed, the servers' not among it; RSS is the largest of one process. Rounds are interleaved and the
median is shown. The order changes from round to round. Each file that arrived is compared by its SHA-256.

Memory is measured against `writeback sandbox`, which makes the rows as it sends them and keeps none of what it gets: 8
GiB twice in memory would not fit into most computers.

Needs nginx, curl, rclone and openssl (Debian's) and a package build (`cargo build --profile dist`).
"""

import argparse
import hashlib
import itertools
import json
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
GIB = 1 << 30
ROWS_A_BLOCK = 8_000
# What the sandbox makes of a row of its large DataSet, about.
SANDBOX_BYTES_A_ROW = 65

DATASET = "845305d8-da3d-4107-a9d6-13ef3f86d4a4"
SANDBOX_DATASET = "45f7c1c7-d54a-43fc-9c4e-2cc88460ab90"
OWNER, TARGET, FILE = "acme-analytics", "sales-mart", "transfer.csv"
SOURCE_PATH = f"/v1/datasets/{DATASET}/data"
SINK_FOLDER = f"/v0/uploads/{OWNER}/{TARGET}/files"
# Whether the file is new or there already.
PATHS = ("new", "replace")
# What `writeback sandbox` says of itself.
WANTED = {
    "WRITEBACK_DOMO_URL",
    "WRITEBACK_DATAWORLD_URL",
    "DW_AUTH_TOKEN",
    "DOMO_CLIENT_ID",
    "DOMO_CLIENT_SECRET",
}
# No secret: these open nothing but the servers below.
CREDENTIALS = {"DW_AUTH_TOKEN": "bench", "DOMO_CLIENT_ID": "bench", "DOMO_CLIENT_SECRET": "bench"}

DEFINITION = """name = "Transfer"

[input]
dataset = "{dataset}"

[output]
dataset = "{owner}/{target}"
file = "transfer"
"""

NGINX = """daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
events {{ worker_connections 64; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    client_max_body_size 0;
    client_body_timeout 600;
    client_body_buffer_size 256k;
    client_body_temp_path {files}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port}{ssl};
        {certificate}
        {locations}
    }}
}}
"""

SOURCE = """
        location = /oauth/token {{ default_type application/json; return 200 '{token}'; }}
        location = /v1/datasets/{dataset} {{ default_type application/json; return 200 '{data_set}'; }}
        location = {path} {{ default_type text/csv; alias {files}/source.csv; }}
"""

# rclone asks by PROPFIND whether the folder is there and, afterwards, how large the file is; nginx has no answer of its
# own. The dataset lists the file only once it is there.
SINK = """
        location = /v0/user {{ default_type application/json; return 200 '{{"id":"analyst"}}'; }}
        location = /v0/datasets/{owner}/{target} {{
            default_type application/json;
            if (-f {files}{path}/{file}) {{ return 200 '{after}'; }}
            return 200 '{before}';
        }}
        location {path}/ {{
            root {files};
            dav_methods PUT DELETE;
            create_full_put_path on;
            default_type application/xml;
            if ($request_method = PROPFIND) {{ return 207 '{listing}'; }}
        }}
"""

LISTING = (
    '<?xml version="1.0"?><D:multistatus xmlns:D="DAV:"><D:response><D:href>{href}</D:href><D:propstat><D:prop>'
    "<D:getcontentlength>{size}</D:getcontentlength><D:resourcetype/></D:prop><D:status>HTTP/1.1 200 OK</D:status>"
    "</D:propstat></D:response></D:multistatus>"
)


def make_csv(path, size):
    """Rows with every text quoted, some of it with commas, quotes and line ends: how many, their bytes and SHA-256."""
    header = b'"order","date","customer","product","region","units","revenue","comment"\n'
    names = ["Ana Silva", "O'Hara, Brid", 'Jo "JJ" Jones', "Müller", "Zoë Ng", "Łukasz Wójcik"]
    comments = ["", "on time", 'late, but "whole"', "two\nlines", "as agreed", "see #4711"]
    lines = []
    for row in range(ROWS_A_BLOCK):
        cells = [names[row % 6], f"Article {row % 997}", "North,East".split(",")[row % 2]]
        quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
        comment = comments[row % 7 % 6].replace('"', '""')
        date = f"2026-{row % 12 + 1:02}-{row % 28 + 1:02}"
        lines.append(f'"{row + 1_000_000}","{date}",{quoted},{row % 50},{row * 7 % 9999}.50,"{comment}"\n')
    block = "".join(lines).encode()
    blocks = max(1, (size - len(header)) // len(block))
    digest = hashlib.sha256(header)
    with open(path, "wb") as file:
        file.write(header)
        for _ in range(blocks):
            file.write(block)
            digest.update(block)
    return blocks * ROWS_A_BLOCK, path.stat().st_size, digest.hexdigest()


def make_certificates(folder):
    """A CA of our own, and with it a certificate for 127.0.0.1."""

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=bench CA")
    openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=127.0.0.1")
    (folder / "server.ext").write_text("subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
    sign = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "server.ext", "-days", "2"]
    openssl("x509", "-req", "-in", "server.csr", *sign, "-out", "server.pem")


class Nginx:
    """One nginx, for as long as it is needed."""

    def __init__(self, folder, files, locations, certificates):
        folder.mkdir()
        # A worker that root started is another user's.
        files.chmod(0o777)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        certificate = ""
        if certificates:
            pem, key = certificates / "server.pem", certificates / "server.key"
            certificate = f"ssl_certificate {pem}; ssl_certificate_key {key};"
        text = NGINX.format(
            folder=folder,
            files=files,
            port=self.port,
            ssl=" ssl" if certificates else "",
            certificate=certificate,
            locations=locations,
        )
        if os.getuid() == 0:
            text = "user root;\n" + text
        config = folder / "nginx.conf"
        config.write_text(text)
        # Told twice: the path built in is opened before the configuration is read, and is not everybody's to write.
        command = ["nginx", "-e", str(folder / "error.log"), "-p", str(folder), "-c", str(config)]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    break
            if self.process.poll() is not None:
                sys.exit(f"nginx did not start: {self.process.stderr.read().decode()}")
            time.sleep(0.05)
        self.address = f"{'https' if certificates else 'http'}://127.0.0.1:{self.port}"

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Client:
    """A process, with its CPU time and its peak memory when it has ended."""

    def __init__(self, words, **more):
        self.process = subprocess.Popen(words, **more)
        self.peak = 0
        threading.Thread(target=self.watch, daemon=True).start()

    def watch(self):
        # The kernel's own ru_maxrss begins with the size of whoever started the process. The high-water mark only
        # rises, so that looking now and then misses nothing but the last moment.
        try:
            while True:
                with open(f"/proc/{self.process.pid}/status") as status:
                    for line in status:
                        if line.startswith("VmHWM:"):
                            self.peak = max(self.peak, int(line.split()[1]) * 1024)
                time.sleep(0.02)
        except OSError:
            pass

    def wait(self):
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        return usage.ru_utime + usage.ru_stime


def transfer(*clients):
    """Starts the processes, each reading from the one before: wall seconds, CPU seconds, peak bytes, and the output."""
    start = time.monotonic()
    running = []
    for words, environment in clients:
        pipe = running[-1].process.stdout if running else subprocess.DEVNULL
        running.append(Client(words, env=environment, stdin=pipe, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
        if pipe is not subprocess.DEVNULL:
            pipe.close()
    out = running[-1].process.stdout.read()
    cpu = sum(client.wait() for client in running)
    wall = time.monotonic() - start
    for client, (words, _) in zip(running, clients):
        if client.process.returncode != 0:
            sys.exit(f"{' '.join(words)} failed: {client.process.stderr.read().decode()}{out.decode()}")
    return wall, cpu, max(client.peak for client in running), out


def one_after_the_other(*clients):
    """The same for processes that wait for each other, and pass their data in files."""
    steps = [transfer(client) for client in clients]
    walls, cpus, peaks, outs = zip(*steps)
    return sum(walls), sum(cpus), max(peaks), outs[-1]


def environment(home, **more):
    """What a client sees of the environment: no proxies, no settings of whoever runs this."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home), **more}


class Bench:
    def __init__(self, options, memory, disk):
        self.options, self.memory, self.disk = options, memory, disk
        self.home = disk / "home"
        self.home.mkdir()
        self.definition = disk / "transfer.toml"
        self.certificates = disk / "certificates"
        self.servers = []

    def define(self, dataset):
        self.definition.write_text(DEFINITION.format(dataset=dataset, owner=OWNER, target=TARGET))

    def writeback(self, domo, dataworld, build=None, **more):
        """A run of this build, or of another one in a home of its own: what one keeps, the other may not read."""
        build = build or self.options.writeback
        home = self.home / ("this" if build == self.options.writeback else "before")
        home.mkdir(exist_ok=True)
        addresses = {"WRITEBACK_DOMO_URL": domo, "WRITEBACK_DATAWORLD_URL": dataworld}
        variables = environment(home, WRITEBACK_HOME=str(home), **addresses, **{**CREDENTIALS, **more})
        return [str(build), "run", str(self.definition), "--json"], variables

    def make_source(self):
        self.source = self.memory / "source"
        self.sink = self.memory / "sink"
        self.source.mkdir()
        self.sink.mkdir()
        self.rows, self.size, self.digest = make_csv(self.source / "source.csv", int(self.options.gib * GIB))
        self.certificates.mkdir()
        make_certificates(self.certificates)
        self.define(DATASET)
        print(f"{self.size:,} bytes, {self.rows:,} rows, {self.options.rounds} rounds, {os.cpu_count()} CPUs")

    def serve(self, tls, path):
        """Source and sink, as Domo and data.world. On the replacing path the dataset lists a file before."""
        certificates = self.certificates if tls else None
        token = {"access_token": "bench", "token_type": "bearer", "expires_in": 3599, "scope": "data", "userId": 27}
        data_set = {"id": DATASET, "name": "Transfer", "rows": self.rows, "columns": 8, "owner": {"id": 27}}
        source = SOURCE.format(
            token=json.dumps(token),
            data_set=json.dumps(data_set),
            dataset=DATASET,
            path=SOURCE_PATH,
            files=self.source,
        )
        old = {"name": FILE, "sizeInBytes": self.size - 1, "updated": "2026-01-01T00:00:00.000Z"}
        new = {"name": FILE, "sizeInBytes": self.size, "updated": "2026-01-02T00:00:00.000Z"}
        before = {"owner": OWNER, "id": TARGET, "accessLevel": "WRITE", "status": "LOADED"}
        before["files"] = [old] if path == "replace" else []
        after = {**before, "files": [new]}
        href = f"{SINK_FOLDER}/{FILE}"
        sink = SINK.format(
            owner=OWNER,
            target=TARGET,
            files=self.sink,
            path=SINK_FOLDER,
            file=FILE,
            before=json.dumps(before),
            after=json.dumps(after),
            listing=LISTING.format(href=href, size=self.size),
        )
        name = f"{'tls' if tls else 'plain'}-{path}"
        for side, files, locations in [("source", self.source, source), ("sink", self.sink, sink)]:
            self.servers.append(Nginx(self.disk / f"{side}-{name}", files, locations, certificates))
        return [server.address for server in self.servers]

    def stop(self):
        while self.servers:
            self.servers.pop().stop()

    def check(self, name):
        """What arrived is what was there; then it goes, so that the next one replaces nothing."""
        path = pathlib.Path(f"{self.sink}{SINK_FOLDER}/{FILE}")
        with open(path, "rb") as file:
            arrived = hashlib.file_digest(file, "sha256").hexdigest()
        if arrived != self.digest:
            sys.exit(f"{name}: what arrived is not what was there")
        path.unlink()

    def compare(self, tls, path):
        try:
            measured = self.measure(*self.serve(tls, path), tls, path)
        finally:
            self.stop()
        self.table(f"{path}, {'TLS' if tls else 'plain'}", measured)

    def measure(self, source, sink, tls, path):
        get, put = source + SOURCE_PATH, f"{sink}{SINK_FOLDER}/{FILE}"
        ca = str(self.certificates / "ca.pem")
        plain = environment(self.home)
        curl = ["curl", "-sS", "--fail", *(["--cacert", ca] if tls else [])]
        # Nothing but the copy: no list of formats, no second look, no configuration of whoever runs this.
        rclone = ["rclone", "copyurl", "--config", "", *(["--ca-cert", ca] if tls else [])]
        remote = f":webdav,url='{sink}{SINK_FOLDER}':{FILE}"
        trusts = {"SSL_CERT_FILE": ca} if tls else {}
        ours = {"writeback run": (transfer, [self.writeback(source, sink, **trusts)])}
        if self.options.before:
            ours["writeback before"] = (transfer, [self.writeback(source, sink, build=self.options.before, **trusts)])
        if path == "new":
            clients = {
                "curl | curl": (transfer, [([*curl, get], plain), ([*curl, "-T", "-", put], plain)]),
                "rclone copyurl": (transfer, [([*rclone, get, remote], plain)]),
                **ours,
            }
        else:
            kept = str(self.disk / "kept.csv")
            steps = [[*curl, "-o", kept, get], ["wc", "-l", kept], [*curl, "-T", kept, put]]
            clients = {
                "curl, wc, curl": (one_after_the_other, [(step, plain) for step in steps]),
                **ours,
            }
        measured = {name: [] for name in clients}
        names = list(clients)
        for round in range(self.options.rounds):
            turn = round % len(names)
            for name in names[turn:] + names[:turn]:
                run, words = clients[name]
                *figures, out = run(*words)
                self.check(name)
                if name in ours and json.loads(out)["rows"] != self.rows:
                    sys.exit(f"{name} counted other than {self.rows} rows: {out.decode()}")
                measured[name].append(figures)
                if self.options.verbose:
                    wall, cpu, peak = figures
                    print(f"  {name:<16} {wall:8.2f} {cpu:8.2f} {peak / 1e6:8.1f}", flush=True)
        return measured

    def table(self, title, measured):
        medians = {name: [statistics.median(column) for column in zip(*runs)] for name, runs in measured.items()}
        base, _, _ = next(iter(medians.values()))
        print(f"\n{title:<16} {'wall s':>8} {'least':>8} {'CPU s':>8} {'least':>8} {'RSS MB':>8} {'wall to curl':>14}")
        for name, (wall, cpu, peak) in medians.items():
            least_wall, least_cpu, _ = (min(column) for column in zip(*measured[name]))
            figures = f"{wall:8.2f} {least_wall:8.2f} {cpu:8.2f} {least_cpu:8.2f} {peak / 1e6:8.1f}"
            print(f"{name:<16} {figures} {wall / base:14.2f}", flush=True)

    def peak_memory(self):
        """`writeback run` against `writeback sandbox`, at sizes that differ by a factor."""
        self.define(SANDBOX_DATASET)
        print(f"\n{'memory':<24} {'wall s':>8} {'CPU s':>8} {'RSS MiB':>8}")
        for path, gib in itertools.product(self.options.paths, (1, 8)):
            rows = gib * GIB // SANDBOX_BYTES_A_ROW
            command = [str(self.options.writeback), "sandbox", "--rows", str(rows)]
            # On standard error it says which tokens it knows.
            pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
            sandbox = subprocess.Popen(command, env=environment(self.home), text=True, **pipes)
            try:
                variables = {}
                while not WANTED <= variables.keys():
                    name, _, value = sandbox.stdout.readline().strip().removeprefix("export ").partition("=")
                    if name in WANTED:
                        variables[name] = value
                addresses = variables.pop("WRITEBACK_DOMO_URL"), variables.pop("WRITEBACK_DATAWORLD_URL")
                if path == "replace":
                    old = urllib.request.Request(f"{addresses[1]}{SINK_FOLDER}/{FILE}", b"old", method="PUT")
                    old.add_header("Authorization", f"Bearer {variables['DW_AUTH_TOKEN']}")
                    old.add_header("Content-Type", "application/octet-stream")
                    urllib.request.urlopen(old).close()
                wall, cpu, peak, out = transfer(self.writeback(*addresses, **variables))
            finally:
                sandbox.send_signal(signal.SIGINT)
                sandbox.wait()
            size = json.loads(out)["bytes"]
            print(f"{path:<8} {size / GIB:11.2f} GiB {wall:8.2f} {cpu:8.2f} {peak / (1 << 20):8.1f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gib", type=float, default=1.0, help="size of the file (1); twice that is needed in memory")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (5)")
    parser.add_argument("--only", choices=["plain", "tls", "memory"], help="one part; all of them if left out")
    parser.add_argument("--path", choices=PATHS, help="a new file, or one that is there; both if left out")
    parser.add_argument("--memory", default="/dev/shm", help="a folder in memory, for source and sink (/dev/shm)")
    parser.add_argument("--disk", default=None, help="a folder on disk, for writeback's spool (the usual one)")
    parser.add_argument("--writeback", type=pathlib.Path, default=ROOT / "target/dist/writeback")
    parser.add_argument("--before", type=pathlib.Path, help="an earlier build, measured beside it")
    parser.add_argument("-v", "--verbose", action="store_true", help="every measurement, not the medians alone")
    options = parser.parse_args()
    options.paths = [options.path] if options.path else PATHS

    needed = [] if options.only == "memory" else ["nginx", "curl", "rclone", "openssl"]
    missing = [name for name in needed if shutil.which(name) is None]
    if missing:
        sys.exit(f"Not installed: {', '.join(missing)}. On Debian: apt install {' '.join(missing)}")
    if not options.writeback.is_file():
        sys.exit(f"{options.writeback} is not there: cargo build --profile dist")

    # A signal ends this as an error does, so that servers and folders go.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    with (
        tempfile.TemporaryDirectory(prefix="writeback-bench-", dir=options.memory) as memory,
        tempfile.TemporaryDirectory(prefix="writeback-bench-", dir=options.disk) as disk,
    ):
        bench = Bench(options, pathlib.Path(memory), pathlib.Path(disk))
        if options.only != "memory":
            bench.make_source()
        for path, part in itertools.product(options.paths, ("plain", "tls")):
            if options.only in (None, part):
                bench.compare(tls=part == "tls", path=path)
        if options.only in (None, "memory"):
            bench.peak_memory()


if __name__ == "__main__":
    main()

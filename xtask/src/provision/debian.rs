//! Debian packages.

use anyhow::{Result, bail};

use crate::process;
use crate::project::Project;

/// Something that comes with Debian packages.
struct Need {
    what: &'static str,
    /// A command that succeeds when it is there.
    probe: &'static [&'static str],
    packages: &'static [&'static str],
    /// Which step needs it, and for what.
    reason: &'static str,
}

const NEEDS: &[Need] = &[
    Need {
        what: "a C compiler",
        probe: &["cc", "--version"],
        packages: &["gcc", "libc6-dev"],
        reason: "`build` compiles the SQLite that comes with sqlx",
    },
    Need {
        what: "Python 3 with venv",
        probe: &["python3", "-c", "import ensurepip, venv"],
        packages: &["python3", "python3-venv"],
        reason: "`py` installs the wheel into a clean environment",
    },
    Need {
        what: "Chromium",
        probe: &["chromium", "--version"],
        packages: &["chromium"],
        reason: "`console` drives the Live Console in it",
    },
    // The package also makes a cluster on port 5432, which nothing here uses.
    Need {
        what: "a PostgreSQL server",
        probe: &["sh", "-c", "ls /usr/lib/postgresql/*/bin/initdb"],
        packages: &["postgresql"],
        reason: "`rust` starts one in a temporary directory to test the ledger on it",
    },
    Need {
        what: "PgBouncer",
        probe: &["test", "-x", "/usr/sbin/pgbouncer"],
        packages: &["pgbouncer"],
        reason: "`rust` tests the ledger behind it",
    },
    Need {
        what: "Valgrind",
        probe: &["valgrind", "--version"],
        packages: &["valgrind"],
        reason: "`instructions` counts with its callgrind",
    },
    Need {
        what: "strace",
        probe: &["strace", "--version"],
        packages: &["strace"],
        reason: "`rust` sees in which order the gateway writes and answers, and lets a disk fail",
    },
];

/// What only `bench` needs, to measure against. The package also starts a server on port 80 where
/// something starts services.
const NCHAN: &[Need] = &[Need {
    what: "nginx with nchan",
    probe: &["test", "-f", "/usr/lib/nginx/modules/ngx_nchan_module.so"],
    packages: &["nginx-light", "libnginx-mod-nchan"],
    reason: "`bench fanout` measures the feed beside it",
}];
const GO_GITHUB: &[Need] = &[Need {
    what: "Go with go-github",
    probe: &[
        "sh",
        "-c",
        "go version && test -d /usr/share/gocode/src/github.com/google/go-github/github",
    ],
    packages: &["golang-go", "golang-github-google-go-github-dev"],
    reason: "`bench peers` measures the core beside it",
}];

/// Installs the packages of what is missing for the steps of `test`.
pub(super) fn packages(project: &Project) -> Result<()> {
    install(project, NEEDS)
}

/// The peer of the feed.
pub(crate) fn nchan(project: &Project) -> Result<()> {
    install(project, NCHAN)
}

/// The peer in Go.
pub(crate) fn go_github(project: &Project) -> Result<()> {
    install(project, GO_GITHUB)
}

fn install(project: &Project, needs: &[Need]) -> Result<()> {
    let mut missing: Vec<&str> = Vec::new();
    for need in needs {
        if is_there(project, need) {
            println!("{}: there", need.what);
        } else {
            println!("{}: missing; {}", need.what, need.reason);
            missing.extend(need.packages);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }

    let by_hand = format!("apt-get install -y --no-install-recommends {}", missing.join(" "));
    if process::ask(project.program("apt-get").arg("--version")).is_none() {
        bail!("there is no apt-get here; install what Debian calls {}", missing.join(", "));
    }
    let is_root = process::ask(project.program("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    let has_sudo = process::ask(project.program("sudo").arg("--version")).is_some();
    if !is_root && !has_sudo {
        bail!("neither root nor sudo: let an administrator run `{by_hand}`");
    }
    let apt = |args: &[&str]| {
        let mut command = project.program(if is_root { "env" } else { "sudo" });
        if !is_root {
            command.arg("env");
        }
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(args);
        process::run(&mut command)
    };
    apt(&["update"])?;
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(missing);
    apt(&install)?;

    let still: Vec<_> =
        needs.iter().filter(|need| !is_there(project, need)).map(|need| need.what).collect();
    if !still.is_empty() {
        bail!("still missing after `{by_hand}`: {}", still.join(", "));
    }
    Ok(())
}

fn is_there(project: &Project, need: &Need) -> bool {
    let Some((program, args)) = need.probe.split_first() else {
        return false;
    };
    process::ask(project.program(program).args(args)).is_some()
}

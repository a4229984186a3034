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
];

/// Installs the packages of what is missing.
pub(super) fn packages(project: &Project) -> Result<()> {
    let mut missing: Vec<&str> = Vec::new();
    for need in NEEDS {
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
        NEEDS.iter().filter(|need| !is_there(project, need)).map(|need| need.what).collect();
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

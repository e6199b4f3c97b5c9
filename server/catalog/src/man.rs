//! Addresses of systemd's manual pages on the web.

/// The address of a page of section 5, such as `systemd.service`, in its newest version.
pub fn man_page_url(page: &str) -> String {
    format!("https://www.freedesktop.org/software/systemd/man/latest/{page}.html")
}

/// The address of the paragraph about one key. The pages have an anchor for every key they describe: its name and `=`.
pub fn man_url(page: &str, key: &str) -> String {
    format!("{}#{key}=", man_page_url(page))
}

/// The address of any manual page, by its name and section: `Documentation=man:foo(5)` in a unit file. systemd's own pages
/// are read at systemd, all others at Debian. `None` for what is no page's name.
pub fn manual_page_url(page: &str, section: Option<&str>) -> Option<String> {
    let plain = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_@+:".contains(&byte))
    };
    if !plain(page) || !section.is_none_or(plain) {
        return None;
    }
    if is_of_systemd(page) {
        return Some(man_page_url(page));
    }
    let section = section.map_or(String::new(), |section| format!(".{section}"));
    Some(format!("https://manpages.debian.org/{page}{section}"))
}

/// Whether a manual page belongs to systemd.
fn is_of_systemd(page: &str) -> bool {
    ["systemd", "sd-", "sd_", "udev", "user@", "org.freedesktop.systemd"]
        .iter()
        .any(|prefix| page.starts_with(prefix))
        || SYSTEMD_PAGES.binary_search(&page).is_ok()
}

/// Pages of systemd whose names do not say so, sorted.
const SYSTEMD_PAGES: [&str; 63] = [
    "binfmt.d",
    "bootctl",
    "bootup",
    "busctl",
    "coredump.conf",
    "coredumpctl",
    "crypttab",
    "environment.d",
    "file-hierarchy",
    "homectl",
    "homed.conf",
    "hostnamectl",
    "hwdb",
    "importctl",
    "integritytab",
    "iocost.conf",
    "journal-remote.conf",
    "journal-upload.conf",
    "journalctl",
    "journald.conf",
    "kernel-command-line",
    "kernel-install",
    "libudev",
    "loader.conf",
    "locale.conf",
    "localectl",
    "localtime",
    "loginctl",
    "logind.conf",
    "machine-id",
    "machine-info",
    "machinectl",
    "modules-load.d",
    "networkctl",
    "networkd.conf",
    "nss-myhostname",
    "nss-mymachines",
    "nss-resolve",
    "nss-systemd",
    "oomctl",
    "oomd.conf",
    "os-release",
    "pam_systemd",
    "portablectl",
    "pstore.conf",
    "repart.d",
    "resolvectl",
    "resolved.conf",
    "runlevel",
    "sysctl.d",
    "sysext.conf",
    "systemctl",
    "sysupdate.d",
    "sysusers.d",
    "timedatectl",
    "timesyncd.conf",
    "tmpfiles.d",
    "ukify",
    "userdbctl",
    "varlinkctl",
    "vconsole.conf",
    "veritytab",
    "vpick",
];

//! Addresses of systemd's manual pages on the web.

/// The address of a page of section 5, such as `systemd.service`, in its newest version.
pub fn man_page_url(page: &str) -> String {
    format!("https://www.freedesktop.org/software/systemd/man/latest/{page}.html")
}

/// The address of the paragraph about one key. The pages have an anchor for every key they describe: its name and `=`.
pub fn man_url(page: &str, key: &str) -> String {
    format!("{}#{key}=", man_page_url(page))
}

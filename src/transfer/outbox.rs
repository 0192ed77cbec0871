//! Bytes that the system has taken from this program and the other side has not acknowledged.
//!
//! A fast connection has a send buffer of some megabytes (Linux lets it grow up to `net.ipv4.tcp_wmem`, 4 MB), and asks
//! for more when a third of it is free: if it becomes slow, bytes move for many minutes while nothing is asked of the
//! program.

/// Unacknowledged bytes by connection of this program; `None` if the system does not tell. Two readings that differ
/// mean that bytes move on some connection: a stalled upload beside one that goes on is seen only when the other has
/// ended.
#[cfg(target_os = "linux")]
pub(super) fn unacknowledged() -> Option<Vec<(u64, u64)>> {
    let own = own_sockets()?;
    let mut all = Vec::new();
    for table in ["/proc/self/net/tcp", "/proc/self/net/tcp6"] {
        let Ok(table) = std::fs::read_to_string(table) else { continue };
        all.extend(
            table.lines().skip(1).filter_map(parse_row).filter(|(inode, bytes)| *bytes > 0 && own.contains(inode)),
        );
    }
    Some(all)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn unacknowledged() -> Option<Vec<(u64, u64)>> {
    None
}

#[cfg(target_os = "linux")]
fn own_sockets() -> Option<std::collections::HashSet<u64>> {
    let inode = |target: std::path::PathBuf| target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok();
    let open = std::fs::read_dir("/proc/self/fd").ok()?;
    Some(open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok().and_then(inode)).collect())
}

/// Parses the inode and unacknowledged bytes of a row (Linux, "proc_net_tcp": `tx_queue` is the first half of the fifth
/// field, hexadecimal).
#[cfg(target_os = "linux")]
fn parse_row(row: &str) -> Option<(u64, u64)> {
    let mut fields = row.split_whitespace();
    let (sent, _) = fields.nth(4)?.split_once(':')?;
    let inode = fields.nth(4)?.parse().ok()?;
    Some((inode, u64::from_str_radix(sent, 16).ok()?))
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};

    use super::*;

    fn unacknowledged_by(stream: &TcpStream) -> u64 {
        use std::os::fd::AsRawFd as _;
        let link = std::fs::read_link(format!("/proc/self/fd/{}", stream.as_raw_fd())).unwrap();
        let inode = link.to_str().unwrap().trim_start_matches("socket:[").trim_end_matches(']').parse::<u64>().unwrap();
        unacknowledged().unwrap().into_iter().find(|(known, _)| *known == inode).map_or(0, |(_, bytes)| bytes)
    }

    #[test]
    fn unacknowledged_bytes_shrink_as_the_other_side_reads() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut sender = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut reader, _) = listener.accept().unwrap();
        assert_eq!(unacknowledged_by(&sender), 0);
        sender.set_nonblocking(true).unwrap();
        let block = [0; 64 << 10];
        let mut sent = 0;
        while let Ok(bytes) = sender.write(&block) {
            sent += bytes;
        }
        let held = unacknowledged_by(&sender);
        assert!(held > 0 && held <= sent as u64, "{held} of {sent}");
        let mut buffer = vec![0; sent];
        reader.read_exact(&mut buffer).unwrap();
        while unacknowledged_by(&sender) > 0 {
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    }
}

//! Has the crate built again when a migration is added: `migrate!` embeds them.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}

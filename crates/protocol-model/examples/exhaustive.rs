//! The promises within larger bounds than the tests have: minutes instead of seconds.
//!
//! ```sh
//! cargo run --release -p writeback-protocol-model --example exhaustive
//! cargo run --release -p writeback-protocol-model --example exhaustive -- 1 1 1 1 1 1
//! ```
//!
//! The numbers are losses, doubles, cuts, crashes of agents, of the cloud and of the domain
//! controller.

use std::{process::ExitCode, time::Instant};

use stateright::{Checker, Model};
use writeback_protocol_model::{Bounds, Protocol};

fn main() -> ExitCode {
    let mut numbers = std::env::args().skip(1).map(|it| it.parse::<u8>());
    let mut next = || match numbers.next() {
        Some(Ok(number)) => number,
        _ => 1,
    };
    let bounds = Bounds {
        losses: next(),
        doubles: next(),
        cuts: next(),
        agent_crashes: next(),
        cloud_crashes: next(),
        directory_crashes: next(),
        others: 0,
    };
    println!("{bounds:?}");
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let began = Instant::now();
    let model = Protocol {
        bounds,
        broken: None,
    };
    let checker = model.checker().threads(threads).spawn_bfs().join();
    println!(
        "{} states, depth {}, {} s",
        checker.unique_state_count(),
        checker.max_depth(),
        began.elapsed().as_secs()
    );
    let mut broken = ExitCode::SUCCESS;
    for (promise, path) in checker.discoveries() {
        if promise.starts_with('P') {
            println!("broken: {promise}\n{:?}", path.into_actions());
            broken = ExitCode::FAILURE;
        }
    }
    broken
}

//! A round: many requests with their faults, then health, then the judgement.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result, bail};
use tokio::{task::JoinSet, time};
use writeback_lab::{Dc, Forest};
use writeback_model::TenantId;

use super::{
    accounts::Account,
    judge::{Is, Truth, Witness, lockout, lockouts, truth, version},
    plan::Fault,
    tally::{Judged, Tally},
    told::{Told, Word},
    trail::Trail,
    walk::{Around, walk},
    wish::Wish,
    witnesses::Source,
};

/// Looks at the PDC emulator at once.
const LOOKS_AT_ONCE: usize = 6;
/// How often the terminal is told how far it is.
const TELL_EVERY: Duration = Duration::from_secs(5);
/// Mails are sent in the background.
const MAILS_WITHIN: Duration = Duration::from_secs(1);

/// One request of the round: whose it is, and what was there before.
#[derive(Clone, Debug)]
struct Asked {
    fault: Fault,
    wish: Wish,
    version_before: u32,
    /// How often `lockoutTime` was written before.
    lockouts_before: u32,
}

/// A round under way.
pub(super) struct Round<'a> {
    pub(super) around: &'a Arc<Around>,
    pub(super) tenant: TenantId,
    /// What decides who asks for what.
    pub(super) seed: u64,
    /// The number of its first request.
    pub(super) first: usize,
    /// Requests of all rounds.
    pub(super) of: usize,
}

impl Round<'_> {
    /// Runs one request for each account, with one fault each.
    pub(super) async fn run(
        &self,
        accounts: &mut [Account],
        faults: &[Fault],
        tally: &mut Tally,
    ) -> Result<()> {
        let world = &self.around.world;
        self.look_later(accounts, tally)?;
        let mut asked = Vec::new();
        for (at, (account, fault)) in accounts.iter().zip(faults).enumerate() {
            asked.push(Asked {
                fault: fault.clone(),
                wish: Wish::of(self.seed, self.first + at, &account.who.account.sam),
                version_before: account.version.context("a version")?,
                lockouts_before: 0,
            });
            for address in addresses(account) {
                // What came after the judgement of the round before.
                self.around.mails.take_words(address)?;
            }
        }
        self.lock_out(accounts, &mut asked)?;
        world.begin_round(asked.len());
        let told = self.walks(accounts, &asked, tally).await?;
        tally.memory(world.check()?);
        tokio::task::block_in_place(|| world.settle_controllers())?;
        time::sleep(MAILS_WITHIN).await;
        self.judge(accounts, asked, told, tally).await
    }

    /// Everybody walks; gives what each was told.
    async fn walks(
        &self,
        accounts: &[Account],
        asked: &[Asked],
        tally: &Tally,
    ) -> Result<Vec<Option<Told>>> {
        let mut walks = JoinSet::new();
        for (at, (account, asked)) in accounts.iter().zip(asked).enumerate() {
            let (around, who) = (Arc::clone(self.around), account.who.clone());
            let (fault, wish) = (asked.fault.clone(), asked.wish.clone());
            walks.spawn(async move { (at, walk(around, who, fault, wish).await) });
        }
        let mut told: Vec<Option<Told>> = asked.iter().map(|_| None).collect();
        let mut tell = time::interval(TELL_EVERY);
        tell.tick().await;
        let mut done = 0;
        loop {
            let walked = tokio::select! {
                walked = walks.join_next() => walked,
                _ = tell.tick() => {
                    let so_far = self.first + done;
                    println!("  {so_far} of {} have their answer; lies so far {}", self.of, tally.lies);
                    continue;
                }
            };
            let Some(walked) = walked else {
                return Ok(told);
            };
            let (at, walked) = walked?;
            done += 1;
            match walked {
                Ok(walked) => {
                    if let Some(place) = told.get_mut(at) {
                        *place = Some(walked);
                    }
                }
                Err(error) => {
                    eprintln!("  request {} was never made: {error:#}", self.first + at);
                }
            }
        }
    }

    /// Locks the accounts that are to be unlocked.
    fn lock_out(&self, accounts: &[Account], asked: &mut [Asked]) -> Result<()> {
        let wishes: Vec<_> = accounts.iter().zip(asked.iter()).collect();
        let counts = self.at_pdc(&wishes, |forest, pdc, (account, asked)| {
            let user = &account.who.account;
            if asked.wish.is_unlock() {
                forest.lock_out(&user.upn, pdc)?;
            }
            lockouts(forest, pdc, user)
        })?;
        for (asked, count) in asked.iter_mut().zip(counts) {
            asked.lockouts_before = count;
        }
        Ok(())
    }

    /// Opens the accounts that are still locked: whatever comes next tries their passwords.
    fn open(&self, accounts: &[Account]) -> Result<()> {
        self.at_pdc(accounts, |_, pdc, account| {
            pdc.samba_tool(&["user", "unlock", &account.who.account.sam])
        })
        .map(drop)
    }

    /// Nobody's password was written since it was last looked at. Before the first round it only
    /// looks.
    pub(super) fn look_later(&self, accounts: &mut [Account], tally: &mut Tally) -> Result<()> {
        let found = self.at_pdc(accounts, |forest, pdc, account| {
            version(forest, pdc, &account.who.account)
        })?;
        for (account, found) in accounts.iter_mut().zip(found) {
            tally.looked_later(&account.who.account.sam, account.version, found);
            account.version = Some(found);
        }
        Ok(())
    }

    async fn judge(
        &self,
        accounts: &mut [Account],
        asked: Vec<Asked>,
        told: Vec<Option<Told>>,
        tally: &mut Tally,
    ) -> Result<()> {
        let trail = Trail::read(self.around, self.tenant, asked.len()).await?;
        let mut cases = Vec::new();
        for (at, (asked, told)) in asked.into_iter().zip(told).enumerate() {
            let (Some(told), Some(account)) = (told, accounts.get(at)) else {
                tally.never_made();
                continue;
            };
            let words = self.words(&trail, account, &told).await?;
            let account = account.clone();
            cases.push(Case {
                at,
                account,
                asked,
                told,
                words,
            });
        }
        let truths = self.at_pdc(&cases, |forest, pdc, case| case.truth(forest, pdc))?;
        let locked: Vec<Account> = cases
            .iter()
            .zip(&truths)
            .filter(|(_, truth)| truth.is == Is::Locked(true))
            .map(|(case, _)| case.account.clone())
            .collect();
        self.open(&locked)?;
        for (case, truth) in cases.into_iter().zip(truths) {
            let words = tally.flip(case.words);
            let witness = |(who, word)| Witness {
                who,
                word,
                is_so: truth.agrees(word),
            };
            tally.add(Judged {
                number: self.first + case.at,
                account: &case.account.who.account.sam,
                fault: &case.asked.fault,
                told: &case.told,
                truth: &truth,
                witnesses: words.into_iter().map(witness).collect(),
            });
            if let Some(account) = accounts.get_mut(case.at) {
                account.version = Some(truth.version);
                if let (true, Wish::Reset(new)) = (truth.is_new(), case.asked.wish) {
                    account.password = new;
                }
            }
        }
        println!("  so far: {}", tally.line());
        Ok(())
    }

    /// Every definite word about one request.
    async fn words(
        &self,
        trail: &Trail,
        account: &Account,
        told: &Told,
    ) -> Result<Vec<(Source, Word)>> {
        let mut words: Vec<(Source, Word)> = told
            .pages
            .iter()
            .map(|word| (Source::Page, *word))
            .collect();
        if told.nothing_taken_on {
            words.push((Source::FormAgain, Word::NotChanged));
        }
        if let Some(request) = &told.request {
            words.extend(trail.words(request).await?);
        }
        for address in addresses(account) {
            let mails = self.around.mails.take_words(address)?;
            words.extend(mails.into_iter().map(|word| (Source::Mail, word)));
        }
        Ok(words)
    }

    /// Asks the PDC emulator something about each, several at once.
    fn at_pdc<C: Sync, T: Send>(
        &self,
        cases: &[C],
        ask: impl Fn(&Forest, &Dc, &C) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        let (forest, pdc) = (&self.around.world.forest, self.around.world.pdc()?);
        let ask = |case: &C| ask(forest, pdc, case);
        let each = cases.len().div_ceil(LOOKS_AT_ONCE).max(1);
        let answers: Result<Vec<Vec<T>>> = tokio::task::block_in_place(|| {
            std::thread::scope(|scope| {
                let threads: Vec<_> = cases
                    .chunks(each)
                    .map(|some| scope.spawn(|| some.iter().map(&ask).collect()))
                    .collect();
                let ended = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
                ended
                    .map(|end| end.unwrap_or_else(|_| bail!("a look at the directory broke off")))
                    .collect()
            })
        });
        Ok(answers?.into_iter().flatten().collect())
    }
}

/// A request of which all is known but the truth.
struct Case {
    at: usize,
    account: Account,
    asked: Asked,
    told: Told,
    words: Vec<(Source, Word)>,
}

impl Case {
    fn truth(&self, forest: &Forest, pdc: &Dc) -> Result<Truth> {
        let user = &self.account.who.account;
        let Wish::Reset(new) = &self.asked.wish else {
            return lockout(forest, pdc, user, self.asked.lockouts_before);
        };
        let expect_changed = self.words.iter().any(|(_, word)| *word == Word::Changed);
        let passwords = [self.account.password.as_str(), new.as_str()];
        let before = self.asked.version_before;
        truth(forest, pdc, user, passwords, before, expect_changed)
    }
}

fn addresses(account: &Account) -> [&str; 2] {
    let user = &account.who.account;
    [&user.recovery_mail, &user.mail]
}

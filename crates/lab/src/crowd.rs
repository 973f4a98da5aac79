//! A crowd: thousands of people for measurements.

use anyhow::{Context as _, Result, ensure};

use crate::crowd_people as people;
use crate::forest::Forest;
use crate::lock::{self, Guard};
use crate::progress::Steps;
use crate::text::{ldif, modify};

/// Up to here a change goes by LDAP, which is quicker to start.
const FEW: usize = 20;
/// From here on a crowd is kept in the cache: below, loading is as quick.
const KEPT_FROM: usize = 5000;
const SAID_EVERY: usize = 5000;

/// Disabled people without a password in an organizational unit of their own.
/// While it is held, `lab up` leaves the forest's crowds alone.
pub struct Crowd {
    /// DN of the organizational unit, e.g. `OU=Crowd-5000,DC=fabrikam,DC=test`.
    pub ou: String,
    /// How many there are.
    pub count: usize,
    domain: String,
    _lock: Guard,
}

impl Crowd {
    /// DN of a member, counted from 0.
    pub fn member(&self, index: usize) -> String {
        people::dn(&self.ou, &self.prefix(), index)
    }

    /// Mail address of a member, counted from 0.
    pub fn mail(&self, index: usize) -> String {
        format!("{}@{}", people::sam(&self.prefix(), index), self.domain)
    }

    fn prefix(&self) -> String {
        format!("c{}", self.count)
    }
}

fn lock_name(forest: &Forest) -> String {
    format!("crowd-{}", forest.domain)
}

impl Forest {
    /// A crowd of this size in `OU=Crowd-{count}`, nothing done when it is there
    /// already. The forest holds one crowd at a time, and with a new one it is
    /// otherwise as it was born. Meant for fabrikam.test, whose only DC has
    /// nobody to replicate to.
    ///
    /// To load 5,000 takes some 10 seconds, 50,000 five minutes, said on standard
    /// error. Large ones are kept in the lab's cache and come back in seconds.
    ///
    /// Hold [`crate::Lab::exclusive`], and end with [`Self::drop_crowd`]: others
    /// use the forest too. `lab up` drops what was left behind.
    pub fn ensure_crowd(&self, count: usize) -> Result<Crowd> {
        let crowd = Crowd {
            ou: format!("OU=Crowd-{count},{}", self.base_dn),
            count,
            domain: self.domain.clone(),
            _lock: lock::shared(&lock_name(self))?,
        };
        if self.has_all_of(&crowd)? {
            return Ok(crowd);
        }
        let name = format!("crowd-{count}");
        if self.has_kept(&name)? {
            self.put_back(&name)?;
            return Ok(crowd);
        }
        self.restore_snapshot()?;
        self.load_crowd(&crowd)?;
        if count >= KEPT_FROM {
            self.keep(&name)?;
        }
        Ok(crowd)
    }

    fn load_crowd(&self, crowd: &Crowd) -> Result<()> {
        let edit = self.edit()?;
        edit.create_ou(&self.base_dn, &format!("Crowd-{}", crowd.count))?;
        people::load(self, &crowd.ou, &crowd.prefix(), crowd.count, &|done| {
            if done % SAID_EVERY == 0 || done == crowd.count {
                eprintln!("lab: {done} of {} people in {}", crowd.count, crowd.ou);
            }
        })?;
        // The mark that all are there.
        edit.set(&crowd.ou, "description", &[crowd.count.to_string()])
    }

    fn has_all_of(&self, crowd: &Crowd) -> Result<bool> {
        let filter = format!("(&(ou=Crowd-{0})(description={0}))", crowd.count);
        let admin = self.administrator(self.first_dc()?);
        Ok(!admin
            .search(&self.base_dn, "one", &filter, &["1.1"])?
            .is_empty())
    }

    /// Ends the crowd by putting back the forest's databases
    /// ([`Self::restore_snapshot`], with all that is said there): to delete so
    /// many takes long and leaves as many tombstones behind.
    pub fn drop_crowd(&self, crowd: Crowd) -> Result<()> {
        self.restore_snapshot()?;
        drop(crowd);
        Ok(())
    }

    /// Changes the display name of the crowd's first `n` members, to one that
    /// ends with `tag`, in one go: a search sees none of them changed or all.
    /// (Up to 20 are changed by LDAP, one by one, in some 10 ms each.)
    pub fn change_crowd(&self, crowd: &Crowd, n: usize, tag: &str) -> Result<()> {
        ensure!(n <= crowd.count, "the crowd has only {}", crowd.count);
        let records: Vec<_> = (0..n)
            .map(|index| {
                let name = format!("{} {tag}", people::display_name(index));
                modify(
                    &crowd.member(index),
                    "replace",
                    "displayName",
                    &ldif("displayName", name),
                )
            })
            .collect();
        let ldif = records.join("\n");
        let dc = self.first_dc()?;
        let changed = if n <= FEW {
            self.administrator(dc).change(&ldif)
        } else {
            dc.change_database(&ldif, "relax:0")
        };
        changed.with_context(|| format!("cannot change {n} members of {}", crowd.ou))
    }

    /// Fills an organizational unit with disabled people without a password, as
    /// members for a large group for example; gives their DNs. 1,000 take some
    /// 2 seconds, and as long again to end with [`crate::Edit::delete_tree`]
    /// (delete their groups first, or each has to leave them).
    pub fn fill_ou(&self, ou: &str, count: usize) -> Result<Vec<String>> {
        let prefix = format!("f{}", hex::encode(rand::random::<[u8; 5]>()));
        people::load(self, ou, &prefix, count, &|_| {})?;
        let all = (0..count).map(|index| people::dn(ou, &prefix, index));
        Ok(all.collect())
    }

    fn has_crowd(&self) -> Result<bool> {
        let admin = self.administrator(self.first_dc()?);
        let filter = "(&(objectClass=organizationalUnit)(ou=Crowd-*))";
        let found = admin.search(&self.base_dn, "one", filter, &["1.1"])?;
        Ok(!found.is_empty())
    }
}

/// Drops crowds that a benchmark left behind, unless one is at work.
pub(crate) fn sweep(forest: &Forest, steps: &Steps<'_>) -> Result<()> {
    let unused = lock::try_exclusive(&lock_name(forest))?;
    let calm = lock::try_exclusive("disturb")?;
    if unused.is_none() || calm.is_none() || !forest.has_crowd()? {
        return Ok(());
    }
    steps.step(&format!("{}: drop a left crowd", forest.domain), || {
        forest.restore_snapshot()
    })
}

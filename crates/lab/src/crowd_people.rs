//! Who a crowd is made of. The same number is always the same person.

use anyhow::{Context as _, Result};

use crate::command::must_with;
use crate::forest::Forest;
use crate::text::{escape_dn_value, ldif};

/// People per transaction: enough to be quick, few enough that others get a
/// turn in between.
const AT_ONCE: usize = 1000;

/// A language, with given names and surnames written in its script.
struct Names {
    language: &'static str,
    given: &'static [&'static str],
    surnames: &'static [&'static str],
    surname_first: bool,
}

macro_rules! names {
    ($($language:literal $first:literal [$($given:literal)*] [$($surname:literal)*])*) => {
        &[$(Names {
            language: $language,
            given: &[$($given),*],
            surnames: &[$($surname),*],
            surname_first: $first,
        }),*]
    };
}

const NAMES: &[Names] = names! {
    "en-GB" false ["Alice" "Oliver" "Grace" "Harry" "Niamh"] ["Smith" "O'Brien" "Taylor-Jones" "Wood"]
    "id-ID" false ["Dewi" "Budi" "Siti" "Agus" "Putri"] ["Lestari" "Santoso" "Nurhaliza" "Wijaya"]
    "de-DE" false ["Jürgen" "Käthe" "Björn" "Sören" "Anne-Grit"] ["Müller" "Groß" "von der Höh" "Weiß"]
    "pl-PL" false ["Łukasz" "Żaneta" "Paweł" "Małgorzata" "Świętosława"] ["Wójcik" "Kozłowska" "Dąbrowski" "Źrebiec"]
    "vi-VN" true ["Ngọc Ánh" "Đức" "Thị Hương" "Quốc Bảo" "Tuấn"] ["Nguyễn" "Trần" "Phạm" "Đặng"]
    "el-GR" false ["Γιώργος" "Ελένη" "Νίκος" "Σοφία" "Δημήτρης"] ["Παπαδόπουλος" "Νικολάου" "Οικονόμου" "Βλάχου"]
    "uk-UA" false ["Олена" "Андрій" "Юлія" "Тарас" "Їжакевич"] ["Шевченко" "Коваленко" "Бондар" "Ґудзь"]
    "ar-EG" false ["محمد" "فاطمة" "أحمد" "مريم" "يوسف"] ["حسن" "عبد الله" "المصري" "إبراهيم"]
    "hi-IN" false ["प्रिया" "राहुल" "अंजलि" "विक्रम" "सुनीता"] ["शर्मा" "पटेल" "सिंह" "गुप्ता"]
    "th-TH" false ["สมชาย" "สุดา" "ประเสริฐ" "มาลี" "วิชัย"] ["ใจดี" "ศรีสุข" "วงศ์ทอง" "แก้วมณี"]
    "ja-JP" true ["太郎" "花子" "健一" "美咲" "さくら"] ["山田" "佐藤" "渡邊" "髙橋"]
    "ko-KR" true ["민준" "서연" "지훈" "하은" "도윤"] ["김" "이" "박" "최"]
    "zh-CN" true ["伟" "芳" "秀英" "𠮷安" "建国"] ["王" "李" "欧阳" "张"]
};

struct Named {
    language: &'static str,
    given: &'static str,
    surname: &'static str,
    display: String,
}

fn named(index: usize) -> Option<Named> {
    let names = NAMES.get(index % NAMES.len())?;
    let rest = index / NAMES.len();
    let given = names.given.get(rest % names.given.len())?;
    let surname = names
        .surnames
        .get(rest / names.given.len() % names.surnames.len())?;
    let display = if names.surname_first {
        format!("{surname} {given}")
    } else {
        format!("{given} {surname}")
    };
    Some(Named {
        language: names.language,
        given,
        surname,
        display,
    })
}

pub(crate) fn display_name(index: usize) -> String {
    named(index).map(|named| named.display).unwrap_or_default()
}

/// sAMAccountName.
pub(crate) fn sam(prefix: &str, index: usize) -> String {
    format!("{prefix}-{index:06}")
}

pub(crate) fn dn(ou: &str, prefix: &str, index: usize) -> String {
    // The sam makes it unique, the display name makes it real.
    let name = format!("{} ({})", display_name(index), sam(prefix, index));
    format!("CN={},{ou}", escape_dn_value(&name))
}

fn record(domain: &str, ou: &str, prefix: &str, index: usize) -> Option<String> {
    let named = named(index)?;
    let sam = sam(prefix, index);
    let mail = format!("{sam}@{domain}");
    let dn = dn(ou, prefix, index);
    let values = [
        ("dn", dn.as_str()),
        ("objectClass", "user"),
        ("sAMAccountName", &sam),
        ("userPrincipalName", &mail),
        ("mail", &mail),
        ("otherMailbox", &format!("{sam}@mail.example")),
        ("mobile", &format!("+62 812 {index:07}")),
        ("displayName", &named.display),
        ("givenName", named.given),
        ("sn", named.surname),
        ("preferredLanguage", named.language),
        // Disabled, and needs no password.
        ("userAccountControl", "546"),
    ];
    Some(
        values
            .iter()
            .map(|(name, value)| ldif(name, value))
            .collect(),
    )
}

/// Loads people into the first DC's database itself: by LDAP each would be a
/// transaction of its own. `done` hears how many there are by now.
pub(crate) fn load(
    forest: &Forest,
    ou: &str,
    prefix: &str,
    count: usize,
    done: &dyn Fn(usize),
) -> Result<()> {
    let dc = forest.first_dc()?;
    for start in (0..count).step_by(AT_ONCE) {
        let end = count.min(start + AT_ONCE);
        let records: Vec<_> = (start..end)
            .filter_map(|index| record(&forest.domain, ou, prefix, index))
            .collect();
        let mut add = dc.command("ldbadd")?;
        add.args([
            "-H",
            "/data/private/sam.ldb",
            "--configfile=/data/etc/smb.conf",
        ]);
        must_with(&mut add, records.join("\n").as_bytes())
            .with_context(|| format!("cannot load people {start} to {end} into {ou}"))?;
        done(end);
    }
    Ok(())
}

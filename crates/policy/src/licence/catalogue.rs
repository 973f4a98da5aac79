//! The SKUs that are known. Names are for people; what a SKU carries is told by the
//! identifiers of its service plans. Only plans that decide something here are listed, and
//! `MFA_PREMIUM`, with which disabled plans can be tried.

use uuid::uuid;

use super::plan::{
    AAD_BASIC, AAD_PREMIUM, AAD_PREMIUM_P2, EXCHANGE_S_DESKLESS, EXCHANGE_S_ENTERPRISE,
    EXCHANGE_S_STANDARD, KnownPlan, MFA_PREMIUM, SkuId,
};

/// A SKU of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CatalogueSku {
    /// Its identifier (`skuId`).
    pub id: SkuId,
    /// Its part number (`skuPartNumber`), which may mislead.
    pub part_number: &'static str,
    /// What it is sold as.
    pub product: &'static str,
    /// Its service plans.
    pub plans: &'static [KnownPlan],
}

/// The SKU that every tenant is born with, assigned to everybody: who runs this on machines of
/// their own needs to buy nothing. The rule is the same as for any other.
pub const SELF_HOSTED: CatalogueSku = CatalogueSku {
    id: SkuId::from_uuid(uuid!("77726974-6562-6163-6b00-000000000001")),
    part_number: "WRITEBACK_SELF_HOSTED",
    product: "Writeback, self-hosted",
    plans: &[AAD_BASIC, AAD_PREMIUM, AAD_PREMIUM_P2],
};

/// All known SKUs.
pub const CATALOGUE: &[CatalogueSku] = &[
    SELF_HOSTED,
    CatalogueSku {
        id: SkuId::from_uuid(uuid!("2b9c8e7c-319c-43a2-a2a0-48c5c6161de7")),
        part_number: "AAD_BASIC",
        product: "Microsoft Entra Basic",
        plans: &[AAD_BASIC],
    },
    CatalogueSku {
        id: SkuId::from_uuid(uuid!("078d2b04-f1bd-4111-bbd4-b4b1b354cef4")),
        part_number: "AAD_PREMIUM",
        product: "Microsoft Entra ID P1",
        plans: &[AAD_PREMIUM, MFA_PREMIUM],
    },
    CatalogueSku {
        id: SkuId::from_uuid(uuid!("30fc3c36-5a95-4956-ba57-c09c2a600bb9")),
        part_number: "AAD_PREMIUM_FACULTY",
        product: "Microsoft Entra ID P1 for faculty",
        plans: &[AAD_PREMIUM, MFA_PREMIUM],
    },
    CatalogueSku {
        id: SkuId::from_uuid(uuid!("de597797-22fb-4d65-a9fe-b7dbe8893914")),
        part_number: "AAD_PREMIUM_USGOV_GCCHIGH",
        product: "Microsoft Entra ID P1 (GCC High)",
        plans: &[AAD_PREMIUM, MFA_PREMIUM],
    },
    CatalogueSku {
        id: SkuId::from_uuid(uuid!("84a661c4-e949-4bd2-a560-ed7766fcaf2b")),
        part_number: "AAD_PREMIUM_P2",
        product: "Microsoft Entra ID P2",
        plans: &[AAD_PREMIUM, AAD_PREMIUM_P2, MFA_PREMIUM],
    },
    CatalogueSku {
        id: SkuId::from_uuid(uuid!("cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46")),
        part_number: "SPB",
        product: "Microsoft 365 Business Premium",
        plans: &[AAD_PREMIUM, EXCHANGE_S_STANDARD],
    },
    CatalogueSku {
        id: SkuId::from_uuid(uuid!("05e9a617-0261-4cee-bb44-138d3ef5d965")),
        part_number: "SPE_E3",
        product: "Microsoft 365 E3",
        plans: &[AAD_PREMIUM, MFA_PREMIUM, EXCHANGE_S_ENTERPRISE],
    },
    CatalogueSku {
        id: SkuId::from_uuid(uuid!("06ebc4ee-1bb5-47dd-8120-11324bc54e06")),
        part_number: "SPE_E5",
        product: "Microsoft 365 E5",
        plans: &[
            AAD_PREMIUM,
            AAD_PREMIUM_P2,
            MFA_PREMIUM,
            EXCHANGE_S_ENTERPRISE,
        ],
    },
    CatalogueSku {
        id: SkuId::from_uuid(uuid!("66b55226-6b4f-492c-910c-a3b7a3c9d993")),
        part_number: "SPE_F1",
        product: "Microsoft 365 F3",
        plans: &[AAD_PREMIUM, MFA_PREMIUM, EXCHANGE_S_DESKLESS],
    },
    CatalogueSku {
        id: SkuId::from_uuid(uuid!("f245ecc8-75af-4f8e-b61f-27d8114de5f3")),
        part_number: "O365_BUSINESS_PREMIUM",
        product: "Microsoft 365 Business Standard",
        plans: &[EXCHANGE_S_STANDARD],
    },
    CatalogueSku {
        id: SkuId::from_uuid(uuid!("3b555118-da6a-4418-894f-7df1e2096870")),
        part_number: "O365_BUSINESS_ESSENTIALS",
        product: "Microsoft 365 Business Basic",
        plans: &[EXCHANGE_S_STANDARD],
    },
    CatalogueSku {
        id: SkuId::from_uuid(uuid!("18181a46-0d4e-45cd-891e-60aabd171b4e")),
        part_number: "STANDARDPACK",
        product: "Office 365 E1",
        plans: &[EXCHANGE_S_STANDARD],
    },
    CatalogueSku {
        id: SkuId::from_uuid(uuid!("6fd2c87f-b296-42f0-b197-1e91e994b900")),
        part_number: "ENTERPRISEPACK",
        product: "Office 365 E3",
        plans: &[EXCHANGE_S_ENTERPRISE],
    },
    CatalogueSku {
        id: SkuId::from_uuid(uuid!("c7df2760-2c81-4ef7-b578-5b5392b571df")),
        part_number: "ENTERPRISEPREMIUM",
        product: "Office 365 E5",
        plans: &[EXCHANGE_S_ENTERPRISE],
    },
    CatalogueSku {
        id: SkuId::from_uuid(uuid!("efccb6f7-5641-4e0e-bd10-b4976e1bf68e")),
        part_number: "EMS",
        product: "Enterprise Mobility + Security E3",
        plans: &[AAD_PREMIUM, MFA_PREMIUM],
    },
    CatalogueSku {
        id: SkuId::from_uuid(uuid!("b05e124f-c7cc-45a0-a6aa-8cf78c946968")),
        part_number: "EMSPREMIUM",
        product: "Enterprise Mobility + Security E5",
        plans: &[AAD_PREMIUM, AAD_PREMIUM_P2, MFA_PREMIUM],
    },
];

/// A SKU of the catalogue by its part number or its identifier.
pub fn catalogue_sku(name: &str) -> Option<&'static CatalogueSku> {
    let id = name.parse::<SkuId>().ok();
    CATALOGUE
        .iter()
        .find(|sku| sku.part_number.eq_ignore_ascii_case(name) || Some(sku.id) == id)
}

//! A memory that was used is as it began: whatever was written, however it is brought back, wherever the kernel has put it meanwhile.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::{Arc, LazyLock};

use rustix::mm::{Advice, madvise};
use wasmtime::{Engine, Instance, Module, Store};

use super::pagemap::Way;
use super::*;
use crate::engine;

mod own;

/// The kernel's page where these tests run; the counts in them are of such pages.
const PAGE: usize = 4096;
const LEN: usize = 40 * 65_536;

fn base() -> Arc<Base> {
    let bytes: Vec<u8> = (0..LEN).map(|at| if at % (3 * PAGE) < PAGE { 0 } else { (at / 7) as u8 }).collect();
    Arc::new(Base::new(&bytes).unwrap())
}

/// With the kernel's help, where it helps, and without.
fn ways() -> Vec<Option<Pagemap>> {
    let mut ways = vec![None];
    ways.extend(pagemaps().into_iter().map(Some));
    ways
}

fn pagemaps() -> Vec<Pagemap> {
    [Way::Scan, Way::Read].into_iter().filter_map(|way| Pagemap::open_for(way).ok()).collect()
}

/// For as long as the tests run, where the kernel offers it.
static SINGLY: LazyLock<Option<Singly>> = LazyLock::new(|| Singly::open().ok());

/// One slot whose pages come one at a time, where they can, and one whose pages do not.
fn slots(base: &Arc<Base>) -> [Slot; 2] {
    [SINGLY.as_ref(), None].map(|singly| Slot::new(base.clone(), singly).unwrap())
}

#[allow(unsafe_code, reason = "the slot is this test's, and that many bytes of it are accessible")]
fn memory(slot: &mut Slot, len: usize) -> &mut [u8] {
    unsafe { std::slice::from_raw_parts_mut(slot.start(), len) }
}

/// The pages that a guest writes.
fn writes() -> Vec<(&'static str, Vec<usize>)> {
    vec![
        ("nothing", Vec::new()),
        ("one page", vec![17]),
        ("more runs than one scan answers with", (0..200).map(|page| page * 2).collect()),
        ("as many pages as are kept", (100..356).collect()),
        ("one more", (100..357).collect()),
        ("everything", (0..LEN / PAGE).collect()),
        ("the first and the last", vec![0, LEN / PAGE - 1]),
    ]
}

#[test]
fn what_was_written_is_gone_after_a_reset() {
    let base = base();
    for way in ways() {
        for mut slot in slots(&base) {
            for (what, pages) in writes() {
                for page in pages {
                    memory(&mut slot, LEN)[page * PAGE..][..PAGE].fill(0xAA);
                }
                slot.reset(way.as_ref()).unwrap();
                assert!(memory(&mut slot, LEN) == base.bytes(), "{what}, {way:?}");
            }
        }
    }
}

#[test]
fn what_was_written_deep_in_the_stack_is_gone() {
    const DEEP: usize = 4 << 20;
    let mut bytes = vec![0; DEEP + 4 * 65_536];
    bytes[DEEP + 65_536..].fill(7);
    let len = bytes.len();
    let base = Arc::new(Base::new(&bytes).unwrap());
    assert_eq!(base.deep(), DEEP);
    for way in ways() {
        for mut slot in slots(&base) {
            for page in [0, 1, 511, 512, DEEP / PAGE - 1, DEEP / PAGE, len / PAGE - 1] {
                memory(&mut slot, len)[page * PAGE..][..PAGE].fill(0xAA);
                slot.reset(way.as_ref()).unwrap();
                assert!(memory(&mut slot, len) == base.bytes(), "{page}, {way:?}");
            }
        }
    }
}

#[test]
fn what_was_grown_is_gone_and_comes_back_as_zeros() {
    let base = base();
    for way in ways() {
        let [mut slot, _] = slots(&base);
        for len in [LEN + 65_536, LEN + 100 * 65_536, LEN, LEN + 2 * 65_536] {
            slot.grow_to(len).unwrap();
            assert!(memory(&mut slot, len)[LEN..].iter().all(|byte| *byte == 0));
            memory(&mut slot, len).fill(0xAA);
            slot.reset(way.as_ref()).unwrap();
            assert!(memory(&mut slot, LEN) == base.bytes(), "{way:?}");
        }
        assert!(slot.grow_to(LEN + 5).is_err() && slot.grow_to(RESERVED + 65_536).is_err());
    }
}

#[test]
fn pages_that_nobody_writes_any_more_are_not_kept_for_long() {
    for pagemap in pagemaps() {
        let [mut slot, _] = slots(&base());
        let mut kept = |pages: std::ops::Range<usize>| {
            for page in pages {
                memory(&mut slot, LEN)[page * PAGE] ^= 0xFF;
            }
            slot.reset(Some(&pagemap)).unwrap();
            let start = slot.start().expose_provenance();
            let mut count = 0;
            let counted = pagemap.written(start..start + LEN, |range| {
                count += range.len() / PAGE;
                true
            });
            counted.map(|()| count).unwrap()
        };
        assert_eq!(kept(0..200), 200);
        // A hook that writes as much each time keeps it, and so does one that takes turns with it.
        assert!((0..100).all(|use_number| kept(if use_number % 5 == 0 { 0..200 } else { 0..10 }) == 200));
        let later: Vec<usize> = (0..40).map(|_| kept(0..10)).collect();
        assert_eq!((later[0], later[39]), (200, 10));
    }
}

#[test]
#[allow(unsafe_code, reason = "the slot is this test's")]
fn a_page_that_was_swapped_out_is_reset_too() {
    let base = base();
    for pagemap in pagemaps() {
        for mut slot in slots(&base) {
            for page in 0..100 {
                memory(&mut slot, LEN)[page * PAGE..][..PAGE].fill(0xAA);
            }
            // Where there is no swap the pages stay, and the reset is an ordinary one.
            unsafe { madvise(slot.start().cast(), LEN, Advice::LinuxPageOut) }.unwrap();
            slot.reset(Some(&pagemap)).unwrap();
            assert!(memory(&mut slot, LEN) == base.bytes());
        }
    }
}

#[test]
fn a_scan_tells_written_pages_from_read_ones() {
    for pagemap in pagemaps() {
        for mut slot in slots(&base()) {
            let read: u64 = memory(&mut slot, LEN).iter().map(|byte| u64::from(*byte)).sum();
            assert!(read > 0);
            for page in [3, 4, 9] {
                memory(&mut slot, LEN)[page * PAGE] = 1;
            }
            let start = slot.start().expose_provenance();
            let mut written = Vec::new();
            let keep = |range: std::ops::Range<usize>| {
                written.push((range.start - start) / PAGE..(range.end - start) / PAGE);
                true
            };
            pagemap.written(start..start + LEN, keep).unwrap();
            assert_eq!(written, [3..5, 9..10], "{pagemap:?}");
        }
    }
}

/// How many pages of a slot's base are in the page table.
fn present(slot: &Slot) -> usize {
    let mut entries = vec![0; LEN / PAGE * 8];
    let file = File::open("/proc/self/pagemap").unwrap();
    file.read_exact_at(&mut entries, (slot.start().addr() / PAGE * 8) as u64).unwrap();
    entries.chunks_exact(8).filter(|entry| entry[7] & 0x80 != 0).count()
}

#[test]
fn a_page_that_is_read_comes_alone_and_goes_in_time() {
    let base = base();
    let singly = match Singly::open() {
        Ok(singly) => singly,
        Err(error) => {
            // What containers and kernels refuse it with. Any other error is a fault of ours.
            assert!([io::ErrorKind::Unsupported, io::ErrorKind::PermissionDenied].contains(&error.kind()), "{error}");
            return eprintln!("not run: this kernel or container refuses userfaultfd: {error}");
        }
    };
    for pagemap in pagemaps() {
        let mut slot = Slot::new(base.clone(), Some(&singly)).unwrap();
        let range = slot.start().expose_provenance()..slot.start().expose_provenance() + LEN;
        if let Err(error) = singly.map(range) {
            // Kernels before 5.19 know it, but not for files in memory.
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{error}");
            return eprintln!("not run: this kernel does not watch files in memory: {error}");
        }
        for page in [2, 100, 101, 300] {
            assert_eq!(memory(&mut slot, LEN)[page * PAGE], base.bytes()[page * PAGE]);
        }
        assert_eq!(present(&slot), 4);
        memory(&mut slot, LEN)[100 * PAGE] ^= 0xFF;
        slot.reset(Some(&pagemap)).unwrap();
        assert_eq!(present(&slot), 4);
        (0..5000).for_each(|_| slot.reset(Some(&pagemap)).unwrap());
        assert_eq!(present(&slot), 0);
        assert!(memory(&mut slot, LEN) == base.bytes());
    }
}

#[test]
fn a_copy_is_the_memory() {
    let base = base();
    for way in ways() {
        let memories = Memories::new(way);
        memories.set_base(&base);
        let mut slot = memories.take().unwrap();
        slot.grow_to(LEN + 65_536).unwrap();
        for page in [0, 7, 8, 300, LEN / PAGE - 1, LEN / PAGE + 3] {
            memory(&mut slot, LEN + 65_536)[page * PAGE + 5..][..PAGE - 5].fill(0xAA);
        }
        for len in [LEN + 65_536, LEN] {
            assert!(memories.copy(memory(&mut slot, len), &base) == memory(&mut slot, len));
        }
        memories.give_back(slot);
        memories.empty_last();
        let mut slot = memories.take().unwrap();
        assert!(memory(&mut slot, LEN) == base.bytes());
    }
}

/// A guest that answers how many of its first pages begin otherwise than with `begins`, then writes all it has and grows.
const GUEST: &str = r#"(module (memory (export "memory") 40)
    (func (export "run") (result i32) (local $at i32) (local $found i32)
        (loop $look
            (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 7)) (then (local.set $found (i32.add (local.get $found) (i32.const 1)))))
            (br_if $look (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4096))) (i32.mul (memory.size) (i32.const 65536)))))
        (drop (memory.grow (i32.const 3)))
        (memory.fill (i32.const 0) (i32.const 0xAA) (i32.mul (memory.size) (i32.const 65536)))
        (local.get $found)))"#;

async fn run(engine: &Engine, module: &Module) -> wasmtime::Result<i32> {
    let mut store = Store::new(engine, ());
    store.set_fuel(1_000_000_000)?;
    let instance = Instance::new_async(&mut store, module, &[]).await?;
    instance.get_typed_func::<(), i32>(&mut store, "run")?.call_async(&mut store, ()).await
}

#[tokio::test]
async fn guests_get_the_base_each_time() {
    for way in ways() {
        let memories = Memories::new(way);
        let engine = engine::javascript_runner(memories.clone(), engine::FRAMES).unwrap();
        let module = Module::new(&engine, wat::parse_str(GUEST).unwrap()).unwrap();
        assert!(run(&engine, &module).await.is_err(), "there is no base yet");
        memories.set_base(&Arc::new(Base::new(&vec![7; LEN]).unwrap()));
        for _ in 0..20 {
            assert_eq!(run(&engine, &module).await.unwrap(), 0);
        }
        assert_eq!(memories.0.shards.local().idle.len(), 1, "one slot did for all");
        memories.set_base(&Arc::new(Base::new(&vec![8; LEN]).unwrap()));
        assert_eq!(run(&engine, &module).await.unwrap(), 640);
    }
}

#[tokio::test]
async fn an_access_beyond_a_memory_is_a_trap() {
    let memories = Memories::new(pagemaps().pop());
    memories.set_base(&Arc::new(Base::new(&vec![7; LEN]).unwrap()));
    let engine = engine::javascript_runner(memories, engine::FRAMES).unwrap();
    for (at, offset) in [(LEN as u32, 0u32), (u32::MAX, 0), (u32::MAX, u32::MAX), (LEN as u32 - 1, 65_536 * 8), (0, u32::MAX)] {
        for access in ["(drop (i32.load8_u offset=OFFSET (i32.const AT)))", "(i32.store8 offset=OFFSET (i32.const AT) (i32.const 1))"] {
            let access = access.replace("OFFSET", &offset.to_string()).replace("AT", &(at as i32).to_string());
            let text = format!(r#"(module (memory (export "memory") 40) (func (export "run") (result i32) {access} (i32.const 0)))"#);
            let error = run(&engine, &Module::new(&engine, wat::parse_str(text).unwrap()).unwrap()).await.unwrap_err();
            assert_eq!(error.downcast_ref(), Some(&wasmtime::Trap::MemoryOutOfBounds), "{at} {offset}");
        }
    }
}

#[test]
fn the_best_way_that_is_allowed_is_taken() {
    let (none, why) = Pagemap::open(PagemapUse::None);
    assert!(none.is_none() && why.unwrap().contains("switched off"));
    // Where there is a pagemap at all, it can be read.
    if let (Some(pagemap), why) = Pagemap::open(PagemapUse::Read) {
        assert_eq!((pagemap.way(), why.as_deref()), (Way::Read, Some("it is switched off")));
    }
    if let Ok(scan) = Pagemap::open_for(Way::Scan) {
        assert_eq!(Pagemap::open(PagemapUse::Scan).0.unwrap().way(), scan.way());
    }
}

/// Memory merging (KSM) puts the kernel's page of zeros in the place of a page that a guest filled with zeros. The base may have something
/// else there, so such a page has to be found.
#[test]
#[allow(unsafe_code, reason = "a mapping of this test's own")]
fn the_kernels_page_of_zeros_counts_as_written() {
    let flags = rustix::mm::MapFlags::PRIVATE;
    // SAFETY: a new mapping of one page, at a place that the kernel chooses.
    let page = unsafe { rustix::mm::mmap_anonymous(std::ptr::null_mut(), PAGE, rustix::mm::ProtFlags::READ, flags) }.unwrap();
    // SAFETY: the page is readable. Reading it maps the page of zeros.
    assert_eq!(unsafe { page.cast::<u8>().read_volatile() }, 0);
    let start = page.expose_provenance();
    for pagemap in pagemaps() {
        let mut found = Vec::new();
        pagemap
            .written(start..start + PAGE, |range| {
                found.push(range);
                true
            })
            .unwrap();
        assert!(found.len() == 1 && found[0] == (start..start + PAGE), "{found:?} by {pagemap:?}");
    }
    // SAFETY: nothing refers to the page any more.
    unsafe { rustix::mm::munmap(page, PAGE) }.unwrap();
}

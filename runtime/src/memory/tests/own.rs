//! Bases of hooks' own, over the engine's: what they hold, and that memories which begin with them are as they began.

use super::*;

/// A memory that differs from the base in some pages and is longer.
fn changed(base: &Base) -> Vec<u8> {
    let mut memory = base.bytes().to_vec();
    memory.resize(LEN + 3 * 65_536, 0);
    for page in (0..LEN / PAGE).step_by(7).chain(400..420).chain([LEN / PAGE + 5]) {
        memory[page * PAGE + 11] ^= 0xFF;
    }
    memory
}

#[test]
fn a_base_over_another_holds_what_differs() {
    let base = base();
    let memory = changed(&base);
    let upper = Base::over(&base, &memory).unwrap();
    assert!(upper.bytes()[..memory.len()] == memory && upper.bytes()[memory.len()..].iter().all(|byte| *byte == 0));
    assert!(upper.len() > memory.len() && upper.is_upper() && !base.is_upper());
    assert_ne!(upper.fingerprint(), base.fingerprint());
    let mut few = base.bytes().to_vec();
    few[9 * PAGE] ^= 1;
    few[200 * PAGE] ^= 1;
    let few = Base::over(&base, &few).unwrap();
    assert_eq!(few.own_len() - (few.len() - LEN), 2 * PAGE);
    assert!(Base::over(&upper, base.bytes()).is_err() && Base::over(&base, &memory[..memory.len() - 1]).is_err());
}

#[test]
fn what_was_written_over_a_base_of_two_parts_is_gone() {
    let base = base();
    let upper = Arc::new(Base::over(&base, &changed(&base)).unwrap());
    let len = upper.len();
    for way in ways() {
        for mut slot in slots(&upper) {
            for (what, pages) in writes() {
                for page in pages.into_iter().chain([len / PAGE - 1]) {
                    memory(&mut slot, len)[page * PAGE..][..PAGE].fill(0xAA);
                }
                slot.grow_to(len + 65_536).unwrap();
                slot.reset(way.as_ref()).unwrap();
                assert!(memory(&mut slot, len) == upper.bytes(), "{what}, {way:?}");
            }
        }
    }
}

#[tokio::test]
async fn guests_get_a_base_of_their_own_where_they_have_one() {
    for way in ways() {
        let memories = Memories::new(way);
        let engine = engine::javascript_runner(memories.clone(), engine::FRAMES).unwrap();
        let module = Module::new(&engine, wat::parse_str(GUEST).unwrap()).unwrap();
        let base = Arc::new(Base::new(&vec![7; LEN]).unwrap());
        memories.set_base(&base);
        let mut other = vec![7; LEN];
        (0..5).for_each(|page| other[page * 50 * PAGE] = 8);
        let own = OwnBase::new(&memories, &base, &other).unwrap();
        for _ in 0..5 {
            assert_eq!(Memories::with_base(own.base(), run(&engine, &module)).await.unwrap(), 5);
            assert_eq!(run(&engine, &module).await.unwrap(), 0);
        }
        let idle = || {
            let shard = memories.0.shards.local();
            (shard.idle.len(), shard.upper.len())
        };
        assert_eq!(idle(), (1, 1), "one slot of each did for all");
        drop(own);
        assert_eq!(idle(), (1, 0));
        let owns: Vec<_> = (0..MAX_UPPER + 3).map(|_| OwnBase::new(&memories, &base, &other).unwrap()).collect();
        for own in &owns {
            assert_eq!(Memories::with_base(own.base(), run(&engine, &module)).await.unwrap(), 5);
        }
        assert_eq!(idle(), (1, MAX_UPPER));
    }
}

#[tokio::test]
async fn an_instance_without_a_memory_is_none_of_a_base() {
    let memories = Memories::new(None);
    let engine = engine::javascript_runner(memories.clone(), engine::FRAMES).unwrap();
    let module = Module::new(&engine, wat::parse_str(r#"(module (func (export "run") (result i32) (i32.const 0)))"#).unwrap()).unwrap();
    let base = Arc::new(Base::new(&vec![7; LEN]).unwrap());
    assert!(Memories::with_base(&base, run(&engine, &module)).await.is_err());
    memories.set_base(&base);
    assert_eq!(run(&engine, &module).await.unwrap(), 0, "nothing is wanted any more");
}

//! What is run, in which order, and what is answered. Times are only lower bounds or far too long ones.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::queue::{Next, Queue};
use super::*;

const PATIENCE: Duration = Duration::from_secs(60);
const WAIT: Duration = Duration::from_millis(100);

fn share(owner: u64, hook: u128) -> Share {
    Share { owner, hook }
}

fn queue(places: usize, steps: usize, ready: usize) -> Queue<&'static str> {
    Queue::new(Bounds { places, waiting: 8, steps, ready, wait: WAIT })
}

fn later() -> Instant {
    Instant::now() + PATIENCE
}

fn taken(queue: &mut Queue<&'static str>) -> Option<&'static str> {
    queue.next().map(|next| next.item)
}

#[test]
fn who_has_had_least_time_is_next() {
    let mut queue = queue(8, 8, 8);
    for (name, share) in [("a1", share(1, 1)), ("a2", share(1, 1)), ("a3", share(1, 2)), ("b", share(2, 9))] {
        queue.add(share, name, later()).unwrap();
    }
    let first = queue.next().unwrap();
    queue.stepped(first.share, Duration::from_millis(5));
    // The other owner has had nothing yet.
    let second = queue.next().unwrap();
    assert_ne!(first.share.owner, second.share.owner);
    queue.stepped(second.share, Duration::from_millis(50));
    // Of the owner who had less, the hook that had nothing.
    let mut rest = vec![first.item, second.item];
    while let Some(next) = queue.next() {
        queue.stepped(next.share, Duration::from_millis(1));
        rest.push(next.item);
    }
    rest.sort_unstable();
    assert_eq!(rest, ["a1", "a2", "a3", "b"]);
}

#[test]
fn a_hook_that_floods_leaves_its_owners_other_hooks_their_turn() {
    let mut queue = queue(64, 8, 64);
    for _ in 0..4 {
        queue.add(share(1, 1), "flood", later()).unwrap();
    }
    let flood = queue.next().unwrap();
    queue.stepped(flood.share, Duration::from_millis(1));
    queue.add(share(1, 2), "quiet", later()).unwrap();
    assert_eq!(taken(&mut queue), Some("quiet"));
}

#[test]
fn who_rested_has_no_credit() {
    let mut queue = queue(64, 8, 64);
    queue.add(share(1, 1), "a", later()).unwrap();
    queue.add(share(2, 1), "b", later()).unwrap();
    for _ in 0..100 {
        let Next { share, item } = queue.next().unwrap();
        queue.resume(share, item, later(), Instant::now());
        queue.stepped(share, Duration::from_millis(1));
    }
    // An owner who comes now takes turns with the others, and does not get the hundred milliseconds that they had.
    queue.add(share(3, 1), "c", later()).unwrap();
    let mut seen = Vec::new();
    for _ in 0..6 {
        let Next { share, item } = queue.next().unwrap();
        seen.push(item);
        queue.resume(share, item, later(), Instant::now());
        queue.stepped(share, Duration::from_millis(1));
    }
    let turns = seen.iter().filter(|item| **item == "c").count();
    assert!((2..=3).contains(&turns), "{seen:?}");
}

#[test]
fn an_owner_may_hold_as_many_places_as_are_free() {
    let mut queue = Queue::new(Bounds { places: 10, waiting: 64, steps: 64, ready: 64, wait: WAIT });
    let mut begin_all = |owners: &[u64]| {
        for owner in owners {
            queue.add(share(*owner, 1), "run", later()).unwrap();
        }
        let mut began = 0;
        while let Some(next) = queue.next() {
            queue.stepped(next.share, Duration::ZERO);
            began += 1;
        }
        (began, queue.waiting())
    };
    assert_eq!(begin_all(&[1; 10]), (6, 4), "alone a half, and one");
    assert_eq!(begin_all(&[2, 3, 4]), (3, 4), "others find room");
    assert_eq!(begin_all(&[1, 1]), (0, 6), "who holds most waits");
    assert_eq!(begin_all(&[5]), (1, 6), "and leaves room for one more");
}

#[test]
fn what_has_begun_is_ended_before_more_of_the_same_hook_begins() {
    let mut queue = queue(64, 8, 2);
    for name in ["one", "two", "three"] {
        queue.add(share(1, 1), name, later()).unwrap();
    }
    queue.add(share(1, 2), "other", later()).unwrap();
    let mut begun = Vec::new();
    while let Some(next) = queue.next() {
        begun.push(next);
    }
    // Two want the processor, and one of a hook that has none; the third waits.
    let mut names: Vec<_> = begun.iter().map(|next| next.item).collect();
    names.sort_unstable();
    assert!(names == ["one", "other"] || names == ["one", "other", "two"], "{names:?}");
    assert!(queue.waiting() >= 1);
    for next in begun {
        queue.stepped(next.share, Duration::ZERO);
        queue.ended(next.share);
    }
    assert!(taken(&mut queue).is_some());
}

#[test]
fn an_owner_takes_no_more_threads_than_there_are_cores_but_for_its_other_hooks() {
    let mut queue = queue(64, 2, 64);
    for _ in 0..4 {
        queue.add(share(1, 1), "long", later()).unwrap();
    }
    assert_eq!((taken(&mut queue), taken(&mut queue), taken(&mut queue)), (Some("long"), Some("long"), None));
    queue.add(share(2, 1), "other", later()).unwrap();
    assert_eq!(taken(&mut queue), Some("other"));
    for hook in 2..=4 {
        queue.add(share(1, hook), "its other hooks", later()).unwrap();
    }
    assert_eq!((taken(&mut queue), taken(&mut queue), taken(&mut queue)), (Some("its other hooks"), Some("its other hooks"), None));
}

#[test]
fn a_full_queue_refuses_and_has_room_for_others() {
    let mut queue = queue(1, 8, 8);
    let mut accepted = 0;
    while queue.add(share(1, 1), "flood", later()).is_ok() {
        accepted += 1;
    }
    assert_eq!(accepted, 5, "half of eight, and one");
    queue.add(share(2, 1), "other", later()).unwrap();
}

#[test]
fn who_waited_long_enough_is_taken_out_and_who_is_late_goes_first() {
    let mut queue = queue(64, 8, 64);
    let now = Instant::now();
    queue.add(share(1, 1), "late", later()).unwrap();
    let late = queue.next().unwrap();
    queue.resume(late.share, late.item, now + Duration::from_millis(1), now);
    queue.stepped(late.share, Duration::from_secs(9));
    queue.add(share(1, 2), "waits", now + Duration::from_millis(1)).unwrap();
    queue.add(share(2, 1), "fresh", later()).unwrap();
    assert_eq!(queue.expire(now), Vec::<&str>::new());
    assert_eq!(queue.expire(now + Duration::from_millis(2)), ["waits"]);
    assert_eq!((taken(&mut queue), taken(&mut queue), taken(&mut queue)), (Some("late"), Some("fresh"), None));
}

#[test]
fn where_some_wait_in_vain_no_more_are_let_in_than_begin_in_time() {
    let mut queue = Queue::new(Bounds { places: 64, waiting: 64, steps: 64, ready: 1, wait: WAIT });
    let start = Instant::now();
    let mut refused = [0; 4];
    // Ten arrive in each tenth of the longest wait, and one begins.
    for tenth in 0..40 {
        let now = start + WAIT / 10 * tenth;
        for _ in 0..10 {
            refused[tenth as usize / 10] += usize::from(queue.add(share(1, 1), "run", now + WAIT).is_err());
        }
        let next = queue.next().unwrap();
        queue.ended(next.share);
        queue.stepped(next.share, Duration::from_millis(1));
        queue.expire(now);
    }
    // At first by the room for all; once the pace is known, all but those that begin.
    assert!(refused[3] >= 85 && queue.waiting() <= 11, "{refused:?}, {} wait", queue.waiting());
    assert!(queue.add(share(1, 2), "of another hook", start).is_ok());
    while let Some(next) = queue.next() {
        queue.ended(next.share);
        queue.stepped(next.share, Duration::ZERO);
    }
    assert!(queue.add(share(1, 1), "after the flood", start).is_ok());
}

#[test]
fn a_flood_that_nobody_waits_in_any_more_is_forgotten() {
    let mut queue = Queue::new(Bounds { places: 1, waiting: 64, steps: 64, ready: 8, wait: WAIT });
    let start = Instant::now();
    queue.add(share(1, 1), "holds the place", start + WAIT).unwrap();
    let holds = queue.next().unwrap();
    queue.stepped(holds.share, Duration::ZERO);
    // Nothing can begin, so all wait in vain, and at last one at a time.
    for tenth in 0..40 {
        let now = start + WAIT / 10 * tenth;
        while queue.waiting() < 3 && queue.add(share(1, 1), "in vain", now + WAIT).is_ok() {}
        queue.expire(now);
    }
    assert_eq!(queue.waiting(), 1);
    queue.expire(start + WAIT * 6);
    queue.expire(start + WAIT * 8);
    assert_eq!(queue.waiting(), 0);
    for _ in 0..3 {
        queue.add(share(1, 1), "later", start + WAIT * 9).unwrap();
    }
}

#[test]
fn nothing_is_remembered_of_who_is_gone() {
    let mut queue = queue(64, 8, 64);
    for owner in 0..100 {
        queue.add(share(owner, 1), "run", later()).unwrap_or_default();
        if let Some(next) = queue.next() {
            queue.ended(next.share);
            queue.stepped(next.share, Duration::ZERO);
        }
    }
    assert!(queue.is_empty() && queue.owners() == 0, "{queue:?}");
}

fn scheduler(places: usize, wait: Duration) -> Scheduler {
    Scheduler::start(SchedulerConfig { places, waiting: 64, wait, helpers: 0 }).unwrap()
}

#[tokio::test]
async fn work_is_answered_and_leaves_nothing_taken() {
    let scheduler = scheduler(4, PATIENCE);
    let answers = (0..100).map(|n| scheduler.run(share(n % 3, 1), later(), async move { n * 2 })).collect::<Vec<_>>();
    let mut sum = 0;
    let mut refused = 0;
    for answer in answers {
        match answer.await {
            Ok(value) => sum += value,
            Err(reason) => {
                assert_eq!(reason, NotRun::QueueFull);
                refused += 1;
            }
        }
    }
    assert!(sum > 0 && refused < 100);
    assert_eq!((scheduler.load().places_taken, scheduler.load().waiting), (0, 0));
}

#[tokio::test]
async fn work_that_waits_holds_a_place_and_no_thread() {
    let scheduler = scheduler(64, PATIENCE);
    let (go, gone) = tokio::sync::watch::channel(false);
    let waiting: Vec<_> = (0..16)
        .map(|_| {
            let mut gone = gone.clone();
            scheduler.run(share(1, 1), later(), async move { gone.wait_for(|gone| *gone).await.is_ok() })
        })
        .collect();
    while scheduler.load().places_taken < 16 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(scheduler.run(share(1, 1), later(), async { 7 }).await, Ok(7));
    go.send(true).unwrap();
    for answer in waiting {
        assert_eq!(answer.await, Ok(true));
    }
    assert_eq!(scheduler.load().places_taken, 0);
}

#[tokio::test]
async fn who_finds_no_place_in_time_has_not_begun() {
    let scheduler = scheduler(1, Duration::from_millis(20));
    let (go, gone) = tokio::sync::oneshot::channel::<()>();
    let first = scheduler.run(share(1, 1), later(), gone);
    while scheduler.load().places_taken == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let began = Arc::new(AtomicBool::new(false));
    let seen = began.clone();
    let second = scheduler.run(share(2, 1), later(), async move { seen.store(true, Ordering::Relaxed) });
    assert_eq!(second.await, Err(NotRun::Waited));
    assert!(!began.load(Ordering::Relaxed));
    go.send(()).unwrap();
    assert_eq!(first.await, Ok(Ok(())));
    assert_eq!(scheduler.load().waiting, 0);
}

/// Holds its thread, as a long step of the host does.
fn hold(until: &AtomicBool) {
    let began = Instant::now();
    while !until.load(Ordering::Relaxed) {
        assert!(began.elapsed() < PATIENCE, "nobody let it go");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[tokio::test]
async fn long_steps_of_one_owner_leave_the_others_their_threads() {
    let scheduler = scheduler(64, PATIENCE);
    let release = Arc::new(AtomicBool::new(false));
    let long: Vec<_> = (0..8)
        .map(|_| {
            let release = release.clone();
            scheduler.run(share(1, 1), later(), async move { hold(&release) })
        })
        .collect();
    while scheduler.load().long_steps == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    for n in 0..50 {
        assert_eq!(scheduler.run(share(2, 1), later(), async move { n }).await, Ok(n));
    }
    release.store(true, Ordering::Relaxed);
    for answer in long {
        assert_eq!(answer.await, Ok(()));
    }
    // The threads that were replaced have ended, and those in their stead work.
    assert_eq!(scheduler.run(share(1, 1), later(), async { 1 }).await, Ok(1));
}

#[tokio::test]
async fn a_step_that_goes_on_after_the_deadline_is_answered_without_it() {
    let scheduler = scheduler(4, PATIENCE);
    let release = Arc::new(AtomicBool::new(false));
    let held = release.clone();
    let deadline = Instant::now() + Duration::from_millis(20);
    let answer = scheduler.run(share(1, 1), deadline, async move { hold(&held) }).await;
    assert_eq!(answer, Err(NotRun::Overdue));
    assert_eq!(scheduler.load().places_taken, 1, "what it holds is not free yet");
    release.store(true, Ordering::Relaxed);
    while scheduler.load().places_taken > 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_panic_is_answered_and_takes_no_thread_and_no_place_along() {
    let scheduler = scheduler(64, PATIENCE);
    let ran = Arc::new(AtomicUsize::new(0));
    for _ in 0..8 {
        let ran = ran.clone();
        let answer = scheduler.run(share(1, 1), later(), async move {
            ran.fetch_add(1, Ordering::Relaxed);
            assert_eq!(1, 2, "a fault of the host");
        });
        assert_eq!(answer.await, Err(NotRun::BrokeOff));
    }
    assert_eq!(ran.load(Ordering::Relaxed), 8);
    assert_eq!(scheduler.run(share(1, 1), later(), async { 3 }).await, Ok(3));
    assert_eq!(scheduler.load().places_taken, 0);
}

#[tokio::test]
async fn what_is_left_when_it_is_dropped_is_answered() {
    let scheduler = scheduler(1, PATIENCE);
    let (_never, waits) = tokio::sync::oneshot::channel::<()>();
    let first = scheduler.run(share(1, 1), later(), waits);
    while scheduler.load().places_taken == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let second = scheduler.run(share(2, 1), later(), async {});
    drop(scheduler);
    assert_eq!(second.await, Err(NotRun::BrokeOff));
    drop(first);
}

#[test]
fn an_owner_has_neighbours_while_others_begin() {
    let mut queue = queue(8, 8, 8);
    assert!(!queue.has_others(1, PATIENCE), "nobody was there");
    queue.add(share(1, 1), "a", later()).unwrap();
    queue.next();
    assert!(!queue.has_others(1, PATIENCE), "there was nobody else");
    assert!(queue.has_others(2, PATIENCE));
    queue.add(share(2, 1), "b", later()).unwrap();
    queue.next();
    assert!(queue.has_others(1, PATIENCE) && queue.has_others(2, PATIENCE));
    assert!(!queue.has_others(2, Duration::ZERO), "that was long ago");
}

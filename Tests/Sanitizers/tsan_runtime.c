// What ThreadSanitizer has to know about Swift's own libraries, which are not instrumented (scripts/sanitize preloads it).
//
// Mutex: its fast path is compiled into the caller, where the sanitizer sees its atomics. The slow path, taken when two
// threads want the lock at once, is in libswiftSynchronization.so: the sanitizer misses that the one came after the
// other and reports a race between two critical sections. This passes the two slow functions on and says what they do.
// Checked with 8 threads that count under one Mutex: 2 reports without it, none with it.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

// Absent in programs that are not instrumented, such as swift-test itself.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *

SWIFT void lock_slow(uint32_t thread, SELF mutex) __asm__(LOCK_SLOW);
SWIFT void unlock_slow(SELF mutex) __asm__(UNLOCK_SLOW);

SWIFT void lock_slow(uint32_t thread, SELF mutex) {
  SWIFT void (*next)(uint32_t, SELF) = dlsym(RTLD_NEXT, LOCK_SLOW);
  next(thread, mutex);
  if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT void unlock_slow(SELF mutex) {
  SWIFT void (*next)(SELF) = dlsym(RTLD_NEXT, UNLOCK_SLOW);
  if (__tsan_release) __tsan_release(mutex);
  next(mutex);
}

// Continuations. A task that has suspended is told to the sanitizer by the runtime when it is resumed. One that is resumed
// before it got as far as suspending just goes on, after an atomic exchange that only the runtime sees, and the sanitizer
// reports what the other thread read of the continuation. (Checked with the wait for a loop's end: a report in each of
// three runs without this, none in three with it. A resumption between the acquire below and the exchange is still missed.)
SWIFT void swift_continuation_resume(void *task) {
  SWIFT void (*next)(void *) = dlsym(RTLD_NEXT, "swift_continuation_resume");
  if (__tsan_release) __tsan_release(task);
  next(task);
}

__attribute__((weak)) SWIFT void *swift_task_getCurrent(void);

__attribute__((swiftasynccall)) void swift_continuation_await(void *context) {
  __attribute__((swiftasynccall)) void (*next)(void *) = dlsym(RTLD_NEXT, "swift_continuation_await");
  if (__tsan_acquire && swift_task_getCurrent) __tsan_acquire(swift_task_getCurrent());
  __attribute__((musttail)) return next(context);
}

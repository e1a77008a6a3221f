/*
 * System calls without glibc, for the child of an asynchronous clone: it shares the parent's thread area, where glibc's
 * wrappers would write errno while the parent runs. On other architectures the child runs under CLONE_VFORK, the parent
 * sleeps, and the wrapper will do.
 */
#ifndef XINETD_TS_RAW_H
#define XINETD_TS_RAW_H

#include <sys/syscall.h>

#define ALWAYS_INLINE static inline __attribute__((always_inline))

#if defined(__x86_64__)
#define HAS_RAW_CALLS 1
/* Returns the kernel's result: -errno on failure. */
ALWAYS_INLINE long raw4(long number, long a, long b, long c, long d)
{
  long result;
  register long r10 __asm__("r10") = d;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
#define HAS_RAW_CALLS 1
ALWAYS_INLINE long raw4(long number, long a, long b, long c, long d)
{
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
  return x0;
}
#else
#define HAS_RAW_CALLS 0
#include <errno.h>
#include <unistd.h>
static inline long raw4(long number, long a, long b, long c, long d)
{
  long result = syscall(number, a, b, c, d);
  return result < 0 ? -errno : result;
}
#endif

#define raw0(number) raw4(number, 0, 0, 0, 0)
#define raw1(number, a) raw4(number, (long)(a), 0, 0, 0)
#define raw2(number, a, b) raw4(number, (long)(a), (long)(b), 0, 0)
#define raw3(number, a, b, c) raw4(number, (long)(a), (long)(b), (long)(c), 0)

#endif

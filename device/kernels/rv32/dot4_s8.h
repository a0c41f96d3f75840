/* RV32IM: products of one row of values with four rows of weights. */
#ifndef MOTE_RV32_DOT4_S8_H
#define MOTE_RV32_DOT4_S8_H

#include "portable/common.h"

/* The value at byte `at` of x and of all rows. */
#define MOTE_DOT4_STEP(at)       \
  "lb %[v], " at "(%[x])\n\t"    \
  "lb %[p0], " at "(%[w0])\n\t"  \
  "lb %[p1], " at "(%[w1])\n\t"  \
  "lb %[p2], " at "(%[w2])\n\t"  \
  "lb %[p3], " at "(%[w3])\n\t"  \
  "mul %[p0], %[p0], %[v]\n\t"   \
  "mul %[p1], %[p1], %[v]\n\t"   \
  "mul %[p2], %[p2], %[v]\n\t"   \
  "mul %[p3], %[p3], %[v]\n\t"   \
  "add %[s0], %[s0], %[p0]\n\t"  \
  "add %[s1], %[s1], %[p1]\n\t"  \
  "add %[s2], %[s2], %[p2]\n\t"  \
  "add %[s3], %[s3], %[p3]\n\t"

/* sums[k] = products of x with row k of w. The loop is assembly because gcc keeps some of the sums on the stack. */
MOTE_SHARED void mote_dot4_rows_s8(const int8_t *x, const int8_t *w, int32_t depth, int32_t *sums) {
  const int8_t *const end = x + depth;
  const int8_t *second = w + depth;
  const int8_t *third = second + depth;
  const int8_t *fourth = third + depth;
  int32_t s0 = 0;
  int32_t s1 = 0;
  int32_t s2 = 0;
  int32_t s3 = 0;
  for (; ((end - x) & 3) != 0; ++x) {
    s0 += *x * *w++;
    s1 += *x * *second++;
    s2 += *x * *third++;
    s3 += *x * *fourth++;
  }
  if (x != end) {
    int32_t v, p0, p1, p2, p3;
    __asm__ volatile(
        "1:\n\t" MOTE_DOT4_STEP("0") MOTE_DOT4_STEP("1") MOTE_DOT4_STEP("2") MOTE_DOT4_STEP("3")
        "addi %[x], %[x], 4\n\t"
        "addi %[w0], %[w0], 4\n\t"
        "addi %[w1], %[w1], 4\n\t"
        "addi %[w2], %[w2], 4\n\t"
        "addi %[w3], %[w3], 4\n\t"
        "bne %[x], %[end], 1b\n\t"
        : [x] "+r"(x), [w0] "+r"(w), [w1] "+r"(second), [w2] "+r"(third), [w3] "+r"(fourth), [s0] "+r"(s0),
          [s1] "+r"(s1), [s2] "+r"(s2), [s3] "+r"(s3), [v] "=&r"(v), [p0] "=&r"(p0), [p1] "=&r"(p1),
          [p2] "=&r"(p2), [p3] "=&r"(p3)
        : [end] "r"(end)
        : "memory");
  }
  sums[0] = s0;
  sums[1] = s1;
  sums[2] = s2;
  sums[3] = s3;
}

#endif

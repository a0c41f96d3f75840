/* Armv7-M: products of one row of values with four rows of weights. */
#ifndef MOTE_ARMV7M_DOT4_S8_H
#define MOTE_ARMV7M_DOT4_S8_H

#include "portable/common.h"

#define MOTE_DOT4_STEP         \
  "ldrsb r11, [r0], #1\n\t"    \
  "ldrsb r12, [r1], #1\n\t"    \
  "ldrsb lr, [r4], #1\n\t"     \
  "mla r7, r11, r12, r7\n\t"   \
  "mla r8, r11, lr, r8\n\t"    \
  "ldrsb r12, [r5], #1\n\t"    \
  "ldrsb lr, [r6], #1\n\t"     \
  "mla r9, r11, r12, r9\n\t"   \
  "mla r10, r11, lr, r10\n\t"

/* sums[k] = products of x with row k of w. */
static __attribute__((naked, noinline, unused)) void mote_dot4_rows_s8(const int8_t *x __attribute__((unused)),
                                                                       const int8_t *w __attribute__((unused)),
                                                                       int32_t depth __attribute__((unused)),
                                                                       int32_t *sums __attribute__((unused))) {
  __asm__ volatile(
      "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"
      "adds r4, r1, r2\n\t"
      "adds r5, r4, r2\n\t"
      "adds r6, r5, r2\n\t"
      "movs r7, #0\n\t"
      "mov r8, r7\n\t"
      "mov r9, r7\n\t"
      "mov r10, r7\n\t"
      "tst r2, #1\n\t"
      "beq 1f\n\t" MOTE_DOT4_STEP
      "1:\n\t"
      "tst r2, #2\n\t"
      "beq 2f\n\t" MOTE_DOT4_STEP MOTE_DOT4_STEP
      "2:\n\t"
      "lsrs r2, r2, #2\n\t"
      "beq 4f\n"
      "3:\n\t" MOTE_DOT4_STEP MOTE_DOT4_STEP MOTE_DOT4_STEP MOTE_DOT4_STEP
      "subs r2, r2, #1\n\t"
      "bne 3b\n"
      "4:\n\t"
      "stmia r3, {r7, r8, r9, r10}\n\t"
      "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t");
}

#endif

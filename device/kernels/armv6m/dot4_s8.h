/* Armv6-M: products of one row of values with four rows of weights. */
#ifndef MOTE_ARMV6M_DOT4_S8_H
#define MOTE_ARMV6M_DOT4_S8_H

#include "portable/common.h"

#define MOTE_DOT4_ROW(w, sum) \
  "ldrsb r7, [" w ", r5]\n\t" \
  "muls r7, r6, r7\n\t"       \
  "add " sum ", " sum ", r7\n\t"

/* One value; 28 bytes. All rows end at their pointers, and r5 counts up to 0. */
#define MOTE_DOT4_STEP        \
  "ldrsb r6, [r4, r5]\n\t"    \
  MOTE_DOT4_ROW("r0", "r8") MOTE_DOT4_ROW("r1", "r9") MOTE_DOT4_ROW("r2", "r10") MOTE_DOT4_ROW("r3", "r11") \
  "adds r5, r5, #1\n\t"

/* sums[k] = products of x with row k of w. */
static __attribute__((naked, noinline, unused)) void mote_dot4_rows_s8(const int8_t *x __attribute__((unused)),
                                                                       const int8_t *w __attribute__((unused)),
                                                                       int32_t depth __attribute__((unused)),
                                                                       int32_t *sums __attribute__((unused))) {
  __asm__ volatile(
      ".syntax unified\n\t"
      "push {r4, r5, r6, r7, lr}\n\t"
      "mov r4, r8\n\t"
      "mov r5, r9\n\t"
      "mov r6, r10\n\t"
      "mov r7, r11\n\t"
      "push {r3, r4, r5, r6, r7}\n\t"
      "rsbs r5, r2, #0\n\t"
      "movs r6, #3\n\t"
      "ands r6, r6, r5\n\t"
      "movs r7, #28\n\t"
      "muls r6, r7, r6\n\t"
      "adr r7, 1f\n\t"
      "adds r7, r7, r6\n\t"
      "mov r12, r7\n\t"
      "adds r4, r0, r2\n\t"
      "adds r0, r1, r2\n\t"
      "adds r1, r0, r2\n\t"
      "adds r6, r1, r2\n\t"
      "adds r3, r6, r2\n\t"
      "movs r2, r6\n\t"
      "movs r6, #0\n\t"
      "mov r8, r6\n\t"
      "mov r9, r6\n\t"
      "mov r10, r6\n\t"
      "mov r11, r6\n\t"
      "mov pc, r12\n\t"
      ".balign 4\n"
      "1:\n\t" MOTE_DOT4_STEP MOTE_DOT4_STEP MOTE_DOT4_STEP MOTE_DOT4_STEP
      "bne 1b\n\t"
      "mov r0, r8\n\t"
      "mov r1, r9\n\t"
      "mov r2, r10\n\t"
      "mov r3, r11\n\t"
      "pop {r4}\n\t"
      "stmia r4!, {r0, r1, r2, r3}\n\t"
      "pop {r4, r5, r6, r7}\n\t"
      "mov r8, r4\n\t"
      "mov r9, r5\n\t"
      "mov r10, r6\n\t"
      "mov r11, r7\n\t"
      "pop {r4, r5, r6, r7, pc}\n\t");
}

#endif

/* Columns of widened pixels for the product of three pixels at a time. */
#ifndef MOTE_ARMV7EM_WIDEN_H
#define MOTE_ARMV7EM_WIDEN_H

#include "armv7em/dsp.h"

/* 12 values: four of each pixel at r0-r2, to r3. */
#define MOTE_WIDEN_3_STEP                  \
  "ldr r4, [r0], #4\n\t"                   \
  "ldr r5, [r1], #4\n\t"                   \
  "ldr r6, [r2], #4\n\t"                   \
  "sxtb16 r7, r4, ror #8\n\t"              \
  "sxtb16 r8, r5, ror #8\n\t"              \
  "sxtb16 r9, r6, ror #8\n\t"              \
  "sxtb16 r4, r4\n\t"                      \
  "sxtb16 r5, r5\n\t"                      \
  "sxtb16 r6, r6\n\t"                      \
  "stmia.w r3!, {r4, r5, r6, r7, r8, r9}\n\t"

/* Rows of 4 * words values of three pixels, whose rows are `gaps` apart; words and rows > 0. */
static __attribute__((naked, noinline, unused)) void mote_widen_3(
    const int8_t *const x[3] __attribute__((unused)), uint32_t *columns __attribute__((unused)),
    int32_t words __attribute__((unused)), int32_t rows __attribute__((unused)),
    const int32_t gaps[3] __attribute__((unused))) {
  __asm__ volatile(
      "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"
      "mov r10, r2\n\t"
      "mov r11, r3\n\t"
      "mov r3, r1\n\t"
      "ldr r12, [sp, #36]\n\t"
      "ldmia r0, {r0, r1, r2}\n"
      "1:\n\t"
      "lsrs lr, r10, #1\n\t"
      "bcc.n 2f\n\t" MOTE_WIDEN_3_STEP
      "cmp lr, #0\n\t"
      "beq.n 3f\n"
      "2:\n\t" MOTE_WIDEN_3_STEP MOTE_WIDEN_3_STEP
      "subs lr, lr, #1\n\t"
      "bne.n 2b\n"
      "3:\n\t"
      "ldmia.w r12, {r4, r5, r6}\n\t"
      "add r0, r0, r4\n\t"
      "add r1, r1, r5\n\t"
      "add r2, r2, r6\n\t"
      "subs r11, r11, #1\n\t"
      "bne.n 1b\n\t"
      "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t");
}

/* Copies bytes; spelled out so that no compiler calls the C library for it. Returns the end of the copy. */
MOTE_KERNEL int8_t *mote_copy_values(const int8_t *from, int32_t bytes, int8_t *to) {
  uint32_t a;
  uint32_t b;
  for (; bytes >= 8; bytes -= 8) {
    __asm__ volatile("ldr %2, [%0], #4\n\tldr %3, [%0], #4\n\tstr %2, [%1], #4\n\tstr %3, [%1], #4"
                     : "+r"(from), "+r"(to), "=&r"(a), "=&r"(b)
                     :
                     : "memory");
  }
  if (bytes >= 4) {
    __asm__ volatile("ldr %2, [%0], #4\n\tstr %2, [%1], #4" : "+r"(from), "+r"(to), "=&r"(a) : : "memory");
    bytes -= 4;
  }
  for (; bytes > 0; bytes--) {
    __asm__ volatile("ldrb %2, [%0], #1\n\tstrb %2, [%1], #1" : "+r"(from), "+r"(to), "=&r"(a) : : "memory");
  }
  return to;
}

/* Writes one value of eight bits `bytes` times. Returns the end. */
MOTE_KERNEL int8_t *mote_fill_values(int32_t value, int32_t bytes, int8_t *to) {
  const uint32_t four = ((uint32_t)value & 0xffu) * 0x01010101u;
  for (; bytes >= 4; bytes -= 4) {
    __asm__ volatile("str %1, [%0], #4" : "+r"(to) : "r"(four) : "memory");
  }
  for (; bytes > 0; bytes--) {
    __asm__ volatile("strb %1, [%0], #1" : "+r"(to) : "r"(four) : "memory");
  }
  return to;
}

#endif

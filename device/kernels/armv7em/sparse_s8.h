/* Sums of one output channel over the groups of four weights that are not all zero. */
#ifndef MOTE_ARMV7EM_SPARSE_S8_H
#define MOTE_ARMV7EM_SPARSE_S8_H

#include "armv7em/dsp.h"

/* Stream of a channel: the bias, the doubled multiplier, the right shift with 256 times the number of groups; then for
 * every four groups a word with what is left out before each, and their weights, a word each.
 * Both loops: r0 widened values, r1 stream, r3 groups that are left. */

/* 12 products; gaps are thirds of the bytes, divided by eight, that are left out. */
#define MOTE_SPARSE_GROUP_3(rotation)        \
  "uxtb r8, r7" rotation "\n\t"              \
  "add r0, r0, r8, lsl #3\n\t"               \
  "ldr r8, [r1], #4\n\t"                     \
  "ldmia r0!, {r9, r10, r11}\n\t"            \
  "sxtb16 r12, r8\n\t"                       \
  "smlad r4, r9, r12, r4\n\t"                \
  "smlad r5, r10, r12, r5\n\t"               \
  "smlad r6, r11, r12, r6\n\t"               \
  "ldmia r0!, {r9, r10, r11}\n\t"            \
  "sxtb16 r12, r8, ror #8\n\t"               \
  "smlad r4, r9, r12, r4\n\t"                \
  "smlad r5, r10, r12, r5\n\t"               \
  "smlad r6, r11, r12, r6\n\t"

/* The sums of three pixels, whose widened values lie as `matrix_3x2_s8.h` wants them. Returns the stream of the next
 * channel. */
static __attribute__((naked, noinline, unused)) const int32_t *mote_sparse_3(
    const uint32_t *columns __attribute__((unused)), const int32_t *stream __attribute__((unused)),
    int32_t sums[3] __attribute__((unused))) {
  __asm__ volatile(
      "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"
      "ldmia r1!, {r4, r5, r6}\n\t"
      "lsr r3, r6, #8\n\t"
      "mov r5, r4\n\t"
      "mov r6, r4\n\t"
      "subs r3, r3, #4\n\t"
      "blt.w 2f\n"
      "1:\n\t"
      "ldr r7, [r1], #4\n\t"
      MOTE_SPARSE_GROUP_3("") MOTE_SPARSE_GROUP_3(", ror #8")
      MOTE_SPARSE_GROUP_3(", ror #16") MOTE_SPARSE_GROUP_3(", ror #24")
      "subs r3, r3, #4\n\t"
      "bge.w 1b\n"
      "2:\n\t"
      "adds r3, r3, #4\n\t"
      "beq.n 4f\n\t"
      "ldr r7, [r1], #4\n"
      "3:\n\t"
      MOTE_SPARSE_GROUP_3("")
      "lsr r7, r7, #8\n\t"
      "subs r3, r3, #1\n\t"
      "bne.n 3b\n"
      "4:\n\t"
      "stmia r2, {r4, r5, r6}\n\t"
      "mov r0, r1\n\t"
      "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t");
}

/* 4 products with the weights in a register; gaps are bytes that are left out. */
#define MOTE_SPARSE_GROUP_1(rotation, weights)   \
  "uxtab r0, r0, r5" rotation "\n\t"             \
  "sxtb16 r12, " weights "\n\t"                  \
  "sxtb16 " weights ", " weights ", ror #8\n\t"  \
  "ldrd r10, r11, [r0], #8\n\t"                  \
  "smlad r4, r10, r12, r4\n\t"                   \
  "smlad r4, r11, " weights ", r4\n\t"

/* The sum of one row: for every four inputs the widened values 0 and 2, then 1 and 3. Returns the stream of the next
 * channel. */
static __attribute__((naked, noinline, unused)) const int32_t *mote_sparse_1(
    const uint32_t *columns __attribute__((unused)), const int32_t *stream __attribute__((unused)),
    int32_t *sum __attribute__((unused))) {
  __asm__ volatile(
      "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"
      "ldmia r1!, {r4, r5, r6}\n\t"
      "lsr r3, r6, #8\n\t"
      "subs r3, r3, #4\n\t"
      "blt.n 2f\n"
      "1:\n\t"
      "ldmia r1!, {r5, r6, r7, r8, r9}\n\t"
      MOTE_SPARSE_GROUP_1("", "r6") MOTE_SPARSE_GROUP_1(", ror #8", "r7")
      MOTE_SPARSE_GROUP_1(", ror #16", "r8") MOTE_SPARSE_GROUP_1(", ror #24", "r9")
      "subs r3, r3, #4\n\t"
      "bge.n 1b\n"
      "2:\n\t"
      "adds r3, r3, #4\n\t"
      "beq.n 4f\n\t"
      "ldr r5, [r1], #4\n"
      "3:\n\t"
      "ldr r6, [r1], #4\n\t"
      MOTE_SPARSE_GROUP_1("", "r6")
      "lsr r5, r5, #8\n\t"
      "subs r3, r3, #1\n\t"
      "bne.n 3b\n"
      "4:\n\t"
      "str r4, [r2]\n\t"
      "mov r0, r1\n\t"
      "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t");
}

#endif

/* Three pixels times all output channels, two channels at a time, whose weights are stored without the groups of four that
 * are zero in both. */
#ifndef MOTE_ARMV7EM_SPARSE_3X2_S8_H
#define MOTE_ARMV7EM_SPARSE_3X2_S8_H

#include "armv7em/matrix_3x2_s8.h"

/* 24 products; the gap is thirds of the bytes, divided by eight, that are left out. */
#define MOTE_SPARSE_3X2_BLOCK_BYTES "76"
#define MOTE_SPARSE_3X2_BLOCK(rotation)      \
  "uxtb r8, lr" rotation "\n\t"              \
  "add r0, r0, r8, lsl #3\n\t"               \
  "ldrd r11, r12, [r1], #8\n\t"              \
  "ldmia.w r0!, {r8, r9, r10}\n\t"           \
  MOTE_MATRIX_3X2_PIXELS_3("r11")            \
  "ldmia.w r0!, {r8, r9, r10}\n\t"           \
  MOTE_MATRIX_3X2_PIXELS_3("r12")

/* stream: for every two channels two words (bias << 8 | right shift); how often four blocks follow, with 65536 times how
 * many of the first four are not there; for every four blocks a word with the gap before each, then their weights as
 * `matrix_3x2_s8.h` describes them; two doubled multipliers. At least one block is there. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverlength-strings"
static __attribute__((naked, noinline, unused)) void mote_sparse_3x2(
    const mote_matrix_3x2_t *m __attribute__((unused)), const int32_t *stream __attribute__((unused))) {
  __asm__ volatile(
      MOTE_MATRIX_3X2_ENTER
      "ldmia r1!, {r11, r12, lr}\n\t"
      "ldr r0, [sp, #16]\n\t"
      "strd r11, r12, [sp, #40]\n\t"
      "uxth r8, lr\n\t"
      "str r8, [sp, #48]\n\t"
      "lsr r8, lr, #16\n\t"
      "mov r9, #" MOTE_SPARSE_3X2_BLOCK_BYTES "\n\t"
      "adr r10, 2f\n\t"
      "add r10, r10, #1\n\t"
      "mla r10, r8, r9, r10\n\t"
      "asr r2, r11, #8\n\t"
      "add r5, r2, r12\n\t"          /* the shift is lost when B is taken out */
      "mov r3, r2\n\t"
      "mov r4, r2\n\t"
      "mov r6, r5\n\t"
      "mov r7, r5\n\t"
      "ldr lr, [r1], #4\n\t"
      "bx r10\n\t"
      ".balign 4\n"
      "2:\n\t"
      MOTE_SPARSE_3X2_BLOCK("") MOTE_SPARSE_3X2_BLOCK(", ror #8")
      MOTE_SPARSE_3X2_BLOCK(", ror #16") MOTE_SPARSE_3X2_BLOCK(", ror #24")
      "ldr lr, [sp, #48]\n\t"
      "subs lr, lr, #1\n\t"
      "str lr, [sp, #48]\n\t"
      "beq.n 3f\n\t"
      "ldr lr, [r1], #4\n\t"
      "b.w 2b\n"
      "3:\n\t"
      "ldrd r8, r9, [r1], #8\n\t"
      "ldrd r11, r12, [sp, #40]\n\t"
      "sub r5, r5, r2\n\t"
      "sub r6, r6, r3\n\t"
      "sub r7, r7, r4\n\t"
      "asr r5, r5, #8\n\t"
      "asr r6, r6, #8\n\t"
      "asr r7, r7, #8\n\t"
      MOTE_MATRIX_3X2_PRODUCTS MOTE_MATRIX_3X2_SIGNS MOTE_MATRIX_3X2_SHIFTS
      MOTE_MATRIX_3X2_CLAMPS MOTE_MATRIX_3X2_LEAVE);
}
#pragma GCC diagnostic pop

#endif

/* Two pixels times all output channels, two channels at a time: the heart of every convolution. */
#ifndef MOTE_ARMV7EM_MATRIX_2X2_S8_H
#define MOTE_ARMV7EM_MATRIX_2X2_S8_H

#include "armv7em/dsp.h"

/* The order of the fields is known to the assembly.
 * columns: for every four depths the widened words of pixel 0 (even, odd) and pixel 1 (even, odd).
 * stream: for every two channels two biases; for every four depths four weights of each channel; two
 * multipliers; a word with the two right shifts in its low bytes, bit 31 set for the last pair of
 * channels and bit 30 when the second of them is only there to fill the pair.
 * y0, y1: outputs of the two pixels; they may be equal when both columns hold the same pixel. */
typedef struct {
  const uint32_t *columns;
  const int32_t *stream;
  int8_t *y0;
  int8_t *y1;
  int32_t rounds; /* ceil(depth / 16) */
  int32_t entry;  /* offset of the first step in the unrolled loop, plus the Thumb bit */
  int32_t zero;   /* output zero point */
  int32_t low;    /* clamp */
  int32_t high;
} mote_matrix_2x2_t;

#define MOTE_MATRIX_2X2_STEP_BYTES 56

/* Where the loop of four steps is entered so that depth4 steps are executed. */
MOTE_KERNEL void mote_matrix_2x2_depth(mote_matrix_2x2_t *m, int32_t depth4) {
  m->rounds = (depth4 + 3) >> 2;
  m->entry = ((4 - (depth4 & 3)) & 3) * MOTE_MATRIX_2X2_STEP_BYTES + 1;
}

/* 16 products: four depths of two pixels (r3-r6) and two channels (r8, r9); 56 bytes. */
#define MOTE_MATRIX_2X2_STEP           \
  "ldmia.w r0!, {r3, r4, r5, r6}\n\t"  \
  "ldrd r8, r9, [r1], #8\n\t"          \
  "sxtb16 r10, r8\n\t"               \
  "sxtb16 r8, r8, ror #8\n\t"        \
  "smlad r2, r3, r10, r2\n\t"          \
  "smlad r7, r5, r10, r7\n\t"          \
  "smlad r2, r4, r8, r2\n\t"           \
  "smlad r7, r6, r8, r7\n\t"           \
  "sxtb16 r10, r9\n\t"               \
  "sxtb16 r9, r9, ror #8\n\t"        \
  "smlad r11, r3, r10, r11\n\t"        \
  "smlad r12, r5, r10, r12\n\t"        \
  "smlad r11, r4, r9, r11\n\t"         \
  "smlad r12, r6, r9, r12\n\t"

/* See mote_requantize_s8. */
#define MOTE_MATRIX_2X2_SCALE(acc, multiplier, right) \
  "lsl " acc ", " acc ", #1\n\t"                      \
  "smmulr " acc ", " acc ", " multiplier "\n\t"       \
  "add " acc ", " acc ", " acc ", asr #31\n\t"        \
  "asrs " acc ", " acc ", " right "\n\t"              \
  "adc " acc ", " acc ", r6\n\t"                      \
  "ssat " acc ", #8, " acc "\n\t"

#define MOTE_MATRIX_2X2_CLAMP(acc) \
  "cmp " acc ", r8\n\t"            \
  "it lt\n\t"                      \
  "movlt " acc ", r8\n\t"          \
  "cmp " acc ", r9\n\t"            \
  "it gt\n\t"                      \
  "movgt " acc ", r9\n\t"

#define MOTE_MATRIX_2X2_BODY(clamps)                                          \
  "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"                           \
  "ldmia r0, {r1, r2, r3, r4, r5, r6, r7, r8, r9}\n\t"                        \
  "adr r10, 2f\n\t"                                                           \
  "add r10, r10, r6\n\t"                                                      \
  "sub sp, sp, #36\n\t"                                                       \
  "strd r3, r4, [sp]\n\t"        /* y0, y1 */                                 \
  "strd r1, r5, [sp, #8]\n\t"    /* columns, rounds */                        \
  "strd r10, r7, [sp, #16]\n\t"  /* entry, zero */                            \
  "strd r8, r9, [sp, #24]\n\t"   /* low, high */                              \
  "mov r1, r2\n"                                                              \
  "1:\n\t"                                                                    \
  "ldrd r2, r11, [r1], #8\n\t"                                                \
  "mov r7, r2\n\t"                                                            \
  "mov r12, r11\n\t"                                                          \
  "ldrd r0, lr, [sp, #8]\n\t"                                                 \
  "ldr pc, [sp, #16]\n\t"                                                     \
  ".balign 4\n"                                                               \
  "2:\n\t" MOTE_MATRIX_2X2_STEP MOTE_MATRIX_2X2_STEP MOTE_MATRIX_2X2_STEP     \
      MOTE_MATRIX_2X2_STEP                                                    \
  "subs lr, lr, #1\n\t"                                                       \
  "bne.w 2b\n\t"                                                              \
  "ldmia r1!, {r3, r4, r5}\n\t"                                               \
  "ldr r6, [sp, #20]\n\t"                                                     \
  "uxtb r8, r5\n\t"                                                           \
  "uxtb.w r9, r5, ror #8\n\t"                                                 \
  MOTE_MATRIX_2X2_SCALE("r2", "r3", "r8") MOTE_MATRIX_2X2_SCALE("r7", "r3", "r8") \
  MOTE_MATRIX_2X2_SCALE("r11", "r4", "r9") MOTE_MATRIX_2X2_SCALE("r12", "r4", "r9") clamps \
  "ldrd r0, r3, [sp]\n\t"                                                     \
  "strb r2, [r0], #1\n\t"                                                     \
  "strb r7, [r3], #1\n\t"                                                     \
  "lsls r4, r5, #1\n\t"                                                       \
  "itt pl\n\t"                                                                \
  "strbpl r11, [r0], #1\n\t"                                                  \
  "strbpl r12, [r3], #1\n\t"                                                  \
  "strd r0, r3, [sp]\n\t"                                                     \
  "bcc.w 1b\n\t"                                                              \
  "add sp, sp, #36\n\t"                                                       \
  "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t"

/* Saturates to int8. */
static __attribute__((naked, noinline, unused)) void mote_matrix_2x2_s8(
    const mote_matrix_2x2_t *m __attribute__((unused))) {
  __asm__ volatile(MOTE_MATRIX_2X2_BODY(""));
}

/* Clamps to [low, high]. */
static __attribute__((naked, noinline, unused)) void mote_matrix_2x2_clamp_s8(
    const mote_matrix_2x2_t *m __attribute__((unused))) {
  __asm__ volatile(MOTE_MATRIX_2X2_BODY(
      "ldrd r8, r9, [sp, #24]\n\t" MOTE_MATRIX_2X2_CLAMP("r2") MOTE_MATRIX_2X2_CLAMP("r7")
          MOTE_MATRIX_2X2_CLAMP("r11") MOTE_MATRIX_2X2_CLAMP("r12")));
}

MOTE_KERNEL void mote_matrix_2x2(const mote_matrix_2x2_t *m, int32_t clamps) {
  if (clamps != 0) {
    mote_matrix_2x2_clamp_s8(m);
  } else {
    mote_matrix_2x2_s8(m);
  }
}

#endif

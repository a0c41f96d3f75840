/* One row of inputs times all outputs, four outputs at a time. */
#ifndef MOTE_ARMV81M_ROW_1X4_S8_H
#define MOTE_ARMV81M_ROW_1X4_S8_H

#include "armv81m/mve.h"

/* The order of the fields is known to the assembly.
 * stream: for every four outputs four biases; 16 weights of each per step, and 16 more, filled up, for a tail; then, unless one
 * holds for all, four multipliers and four shifts in bytes, -31 to -1. Outputs that fill up the last four hold anything. */
typedef struct {
  const int8_t *x;
  const int32_t *stream;
  int8_t *y;
  int32_t channels;   /* outputs */
  int32_t rounds;     /* ceil(whole vectors of inputs / 4) */
  int32_t entry;      /* bytes from the first of four steps to where the loop is entered, plus the Thumb bit; 0 for no step */
  int32_t tail;       /* inputs in the rest, 0 to 15 */
  int32_t zero;       /* output zero point */
  int32_t low;        /* clamp */
  int32_t high;
  int32_t multiplier; /* for all outputs */
  int32_t shift;
} mote_row_1x4_t;

#define MOTE_R14_STEP_BYTES 36

#define MOTE_R14_WEIGHTS(acc)    \
  "vldrb.u8 q1, [r1], #16\n\t"   \
  "vmladava.s8 " acc ", q0, q1\n\t"

#define MOTE_R14_PRODUCTS MOTE_R14_WEIGHTS("r8") MOTE_R14_WEIGHTS("r10") MOTE_R14_WEIGHTS("r12") MOTE_R14_WEIGHTS("r6")

/* 64 products; 36 bytes. */
#define MOTE_R14_STEP "vldrb.u8 q0, [r11], #16\n\t" MOTE_R14_PRODUCTS

/* Registers: r0 x, r1 stream, r2 y, r3 outputs left, r4 rounds, r5 entry, r6 and even ones from r8 sums, r7 tail, r9 zero, r11 x,
 * lr counts. Vectors: q2 multipliers, q3 shifts, q4 sums, q5 the clamp's low, q6 its high end. */
#define MOTE_R14_BODY(factors)                                            \
  "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"                       \
  "vpush {d8, d9, d10, d11, d12, d13}\n\t"                                \
  "ldrd r8, r9, [r0, #40]\n\t"                                            \
  "vdup.32 q2, r8\n\t"                                                    \
  "vdup.32 q3, r9\n\t"                                                    \
  "ldmia r0, {r0, r1, r2, r3, r4, r5, r7, r9, r10, r11}\n\t"               \
  "vdup.32 q5, r10\n\t"                                                   \
  "vdup.32 q6, r11\n\t"                                                   \
  "vctp.8 r7\n\t"                                                         \
  "adr r8, 3f\n\t"                                                        \
  "cbz r5, 1f\n\t"                                                        \
  "adr r8, 2f\n"                                                          \
  "1:\n\t"                                                                \
  "add r5, r5, r8\n\t"                                                    \
  "orr r5, r5, #1\n"                                                      \
  "0:\n\t"                                                                \
  "ldmia r1!, {r8, r10, r12, lr}\n\t"                                     \
  "mov r6, lr\n\t"                                                        \
  "mov r11, r0\n\t"                                                       \
  "mov lr, r4\n\t"                                                        \
  "bx r5\n\t"                                                             \
  ".balign 4\n"                                                           \
  "2:\n\t" MOTE_R14_STEP MOTE_R14_STEP MOTE_R14_STEP MOTE_R14_STEP        \
  "le lr, 2b\n\t"                                                         \
  ".balign 4\n"                                                           \
  "3:\n\t"                                                                \
  "cbz r7, 4f\n\t"                                                        \
  "vpst\n\t"                                                              \
  "vldrbt.u8 q0, [r11]\n\t" MOTE_R14_PRODUCTS                             \
  "4:\n\t"                                                                \
  "vmov q4[2], q4[0], r8, r12\n\t"                                        \
  "vmov q4[3], q4[1], r10, r6\n\t" factors                                \
  "vqrdmulh.s32 q4, q4, q2\n\t"                                           \
  "vshr.s32 q0, q4, #31\n\t"                                              \
  "vadd.i32 q4, q4, q0\n\t"                                               \
  "vrshl.s32 q4, q4, q3\n\t"                                              \
  "vadd.i32 q4, q4, r9\n\t"                                               \
  "vmax.s32 q4, q4, q5\n\t"                                               \
  "vmin.s32 q4, q4, q6\n\t"                                               \
  "subs r3, r3, #4\n\t"                                                   \
  "bmi.n 5f\n\t"                                                          \
  "vstrb.32 q4, [r2], #4\n\t"                                             \
  "bne.w 0b\n\t"                                                          \
  "b.n 6f\n"                                                              \
  "5:\n\t" /* the last, one to three outputs */                           \
  "add r3, r3, #4\n\t"                                                    \
  "vctp.32 r3\n\t"                                                        \
  "vpst\n\t"                                                              \
  "vstrbt.32 q4, [r2]\n"                                                  \
  "6:\n\t"                                                                \
  "vpop {d8, d9, d10, d11, d12, d13}\n\t"                                 \
  "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t"

/* One multiplier and shift for all outputs. */
static __attribute__((naked, noinline, unused)) void mote_row_1x4_s8(const mote_row_1x4_t *m __attribute__((unused))) {
  __asm__ volatile(MOTE_R14_BODY(""));
}

/* A multiplier and a shift for each output. */
static __attribute__((naked, noinline, unused)) void mote_row_1x4_channels_s8(
    const mote_row_1x4_t *m __attribute__((unused))) {
  __asm__ volatile(MOTE_R14_BODY("vldrw.u32 q2, [r1], #16\n\tvldrb.s32 q3, [r1], #4\n\t"));
}

#endif

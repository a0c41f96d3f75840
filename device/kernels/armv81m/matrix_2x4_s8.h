/* Two pixels times all output channels, four channels at a time: the heart of every convolution. */
#ifndef MOTE_ARMV81M_MATRIX_2X4_S8_H
#define MOTE_ARMV81M_MATRIX_2X4_S8_H

#include "armv81m/mve.h"

/* The order of the fields is known to the assembly.
 * A window is `rows` runs of 16 * steps + tail values; nothing beyond them is read.
 * stream: for every four channels four biases; for every run 16 weights of each channel per step, and 16 more, filled up, for a
 * tail; four multipliers; four shifts in bytes, -31 to -1. Channels that fill up the last four hold anything.
 * Both pixels may be the same. */
typedef struct {
  const int8_t *x0;    /* window of the first pixel */
  const int8_t *x1;    /* and of the second */
  const int32_t *stream;
  int8_t *y;           /* outputs of the first pixel */
  int32_t y_step;      /* from there to those of the second */
  int32_t y_gap;       /* from behind the first pixel's outputs, filled up to four, to the next pair's */
  int32_t channels;
  int32_t pairs;       /* pairs of pixels, > 0 */
  int32_t x_step;      /* from a pair's windows to the next */
  const int8_t *x0_end; /* 16 * steps values into the last run of x0 */
  int32_t row_gap;     /* from 16 * steps values into a run to the next run */
  int32_t steps;       /* whole vectors in a run */
  int32_t tail;        /* values in the rest of a run, 0 to 15 */
  int32_t zero;        /* output zero point */
  int32_t low;         /* clamp */
  int32_t high;
  const int8_t *source; /* where the windows of all pairs lie one after the other, each copied to x0 first */
  int32_t copied;       /* bytes of a pair to copy, or 0 */
} mote_matrix_2x4_t;

/* What the stack holds: the structure, then addresses for jumps. */
#define MOTE_M24_FRAME "88"
#define MOTE_M24_ENTRY "72"
#define MOTE_M24_BEHIND_STEPS "76"
#define MOTE_M24_BEHIND_RUN "80"
#define MOTE_M24_ROUNDS "84"

#define MOTE_M24_WEIGHTS(acc0, acc1)  \
  "vldrb.u8 q2, [r5], #16\n"        \
  "vmladava.s8 " acc0 ", q0, q2\n"  \
  "vmladava.s8 " acc1 ", q1, q2\n"

#define MOTE_M24_PRODUCTS \
  MOTE_M24_WEIGHTS("r0", "r8") MOTE_M24_WEIGHTS("r2", "r10") MOTE_M24_WEIGHTS("r4", "r12") MOTE_M24_WEIGHTS("r6", "lr")

/* 128 products; 56 bytes. */
#define MOTE_M24_STEP          \
  "vldrb.u8 q0, [r1], #16\n" \
  "vldrb.u8 q1, [r3], #16\n" MOTE_M24_PRODUCTS

/* Registers: even ones r0-r6 sums of the first pixel, r8-lr of the second; r1, r3 x; r5 stream; r7 y; r9 channels left; r11
 * counts steps. Vectors: q3 places of the second pixel's outputs, q6 and q7 the clamp. */
#define MOTE_M24_BODY(away)                                                  \
  "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"                          \
  "vpush {d8, d9, d10, d11, d12, d13, d14, d15}\n\t"                         \
  "sub sp, sp, #" MOTE_M24_FRAME "\n\t"                                      \
  "ldmia r0!, {r1, r2, r3, r4, r5, r6, r7, r8}\n\t"                          \
  "stmia sp, {r1, r2, r3, r4, r5, r6, r7, r8}\n\t"                           \
  "mov r7, r4\n\t"                                                           \
  "mov r6, r5\n\t"                                                           \
  "vidup.u32 q3, r6, #1\n\t"                                                 \
  "ldmia r0, {r1, r2, r3, r4, r5, r6, r8, r9, r10, r11}\n\t"                 \
  "add r0, sp, #32\n\t"                                                      \
  "stmia r0, {r1, r2, r3, r4, r5, r6, r8, r9, r10, r11}\n\t"                 \
  "vdup.32 q6, r8\n\t"                                                       \
  "vdup.32 q7, r9\n\t"                                                       \
  /* behind a run: the next one, or the requantization where there is one run only */ \
  "ldr r1, [sp]\n\t"                                                         \
  "add r1, r1, r4, lsl #4\n\t"                                               \
  "adr r0, 5f\n\t"                                                           \
  "cmp r1, r2\n\t"                                                           \
  "bne.n 0f\n\t"                                                             \
  "adr r0, 6f\n"                                                              \
  "0:\n\t"                                                                   \
  "add r0, r0, #1\n\t"                                                       \
  "str r0, [sp, #" MOTE_M24_BEHIND_RUN "]\n\t"                               \
  /* behind the steps: the tail, if any */                                   \
  "adr r1, 4f\n\t"                                                           \
  "add r1, r1, #1\n\t"                                                       \
  "cmp r5, #0\n\t"                                                           \
  "it eq\n\t"                                                                \
  "moveq r1, r0\n\t"                                                         \
  "str r1, [sp, #" MOTE_M24_BEHIND_STEPS "]\n\t"                             \
  /* the entry into the loop of four steps, or behind it */                  \
  "add r0, r4, #3\n\t"                                                       \
  "lsr r0, r0, #2\n\t"                                                       \
  "str r0, [sp, #" MOTE_M24_ROUNDS "]\n\t"                                   \
  "cbz r4, 0f\n\t"                                                           \
  "rsb r4, r4, #0\n\t"                                                       \
  "and r4, r4, #3\n\t"                                                       \
  "adr r1, 3f\n\t"                                                           \
  "mov r0, #56\n\t"                                                          \
  "mla r1, r4, r0, r1\n\t"                                                   \
  "add r1, r1, #1\n"                                                         \
  "0:\n\t"                                                                   \
  "str r1, [sp, #" MOTE_M24_ENTRY "]\n"                                      \
  "1:\n\t"                                                                   \
  "ldrd r0, r2, [sp, #64]\n\t"                                               \
  "ldr r4, [sp]\n\t"                                                         \
  "add r6, r0, r2\n\t"                                                       \
  "str r6, [sp, #64]\n\t"                                                    \
  "wlstp.8 lr, r2, 0f\n"                                                     \
  "9:\n\t"                                                                   \
  "vldrb.u8 q0, [r0], #16\n\t"                                               \
  "vstrb.8 q0, [r4], #16\n\t"                                                \
  "letp lr, 9b\n"                                                            \
  "0:\n\t"                                                                   \
  "ldr r9, [sp, #24]\n\t"                                                    \
  "ldr r5, [sp, #8]\n\t"                                                     \
  "ldr r0, [sp, #48]\n\t"                                                    \
  "vctp.8 r0\n"                                                              \
  "2:\n\t"                                                                   \
  "ldrd r1, r3, [sp]\n\t"                                                    \
  "ldm.w r5, {r0, r2, r4, r6}\n\t"                                           \
  "ldmia.w r5!, {r8, r10, r12, lr}\n\t"                                      \
  "ldr r11, [sp, #" MOTE_M24_ROUNDS "]\n\t"                                  \
  "ldr pc, [sp, #" MOTE_M24_ENTRY "]\n\t"                                    \
  ".balign 4\n"                                                              \
  "3:\n\t" MOTE_M24_STEP MOTE_M24_STEP MOTE_M24_STEP MOTE_M24_STEP           \
  "subs r11, r11, #1\n\t"                                                    \
  "bne.w 3b\n\t"                                                             \
  "ldr pc, [sp, #" MOTE_M24_BEHIND_STEPS "]\n\t"                             \
  ".balign 4\n"                                                              \
  "4:\n\t"                                                                   \
  "vpstt\n\t"                                                                \
  "vldrbt.u8 q0, [r1]\n\t"                                                   \
  "vldrbt.u8 q1, [r3]\n\t" MOTE_M24_PRODUCTS                                 \
  "ldr pc, [sp, #" MOTE_M24_BEHIND_RUN "]\n\t"                               \
  ".balign 4\n"                                                              \
  "5:\n\t"                                                                   \
  "ldr r11, [sp, #36]\n\t"                                                   \
  "cmp r1, r11\n\t"                                                          \
  "beq.n 6f\n\t"                                                             \
  "ldr r11, [sp, #40]\n\t"                                                   \
  "add r1, r1, r11\n\t"                                                      \
  "add r3, r3, r11\n\t"                                                      \
  "ldr r11, [sp, #" MOTE_M24_ROUNDS "]\n\t"                                  \
  "ldr pc, [sp, #" MOTE_M24_ENTRY "]\n\t"                                    \
  ".balign 4\n"                                                              \
  "6:\n\t"                                                                   \
  "vmov q4[2], q4[0], r0, r4\n\t"                                            \
  "vmov q4[3], q4[1], r2, r6\n\t"                                            \
  "vmov q5[2], q5[0], r8, r12\n\t"                                           \
  "vmov q5[3], q5[1], r10, lr\n\t"                                           \
  "vldrw.u32 q0, [r5], #16\n\t"                                              \
  "vldrb.s32 q1, [r5], #4\n\t"                                               \
  "ldr r0, [sp, #52]\n\t"                                                    \
  "vqrdmulh.s32 q4, q4, q0\n\t"                                              \
  "vqrdmulh.s32 q5, q5, q0\n\t" away("q4") away("q5")                        \
  "vrshl.s32 q4, q4, q1\n\t"                                                 \
  "vrshl.s32 q5, q5, q1\n\t"                                                 \
  "vadd.i32 q4, q4, r0\n\t"                                                  \
  "vadd.i32 q5, q5, r0\n\t"                                                  \
  "vmax.s32 q4, q4, q6\n\t"                                                  \
  "vmax.s32 q5, q5, q6\n\t"                                                  \
  "vmin.s32 q4, q4, q7\n\t"                                                  \
  "vmin.s32 q5, q5, q7\n\t"                                                  \
  "subs r9, r9, #4\n\t"                                                      \
  "bmi.w 8f\n\t"                                                             \
  "vstrb.32 q5, [r7, q3]\n\t"                                                \
  "vstrb.32 q4, [r7], #4\n\t"                                                \
  "bne.w 2b\n"                                                               \
  "7:\n\t"                                                                   \
  "ldr r2, [sp, #28]\n\t"                                                    \
  "ldr r0, [sp, #20]\n\t"                                                    \
  "ldr r11, [sp, #32]\n\t"                                                   \
  "subs r2, r2, #1\n\t"                                                      \
  "str r2, [sp, #28]\n\t"                                                    \
  "add r7, r7, r0\n\t"                                                       \
  "ldrd r1, r3, [sp]\n\t"                                                    \
  "ldr r5, [sp, #36]\n\t"                                                    \
  "add r1, r1, r11\n\t"                                                      \
  "add r3, r3, r11\n\t"                                                      \
  "add r5, r5, r11\n\t"                                                      \
  "strd r1, r3, [sp]\n\t"                                                    \
  "str r5, [sp, #36]\n\t"                                                    \
  "bne.w 1b\n\t"                                                             \
  "add sp, sp, #" MOTE_M24_FRAME "\n\t"                                      \
  "vpop {d8, d9, d10, d11, d12, d13, d14, d15}\n\t"                          \
  "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n"                             \
  "8:\n\t" /* the last, one to three channels */                             \
  "add r9, r9, #4\n\t"                                                       \
  "vctp.32 r9\n\t"                                                           \
  "vpstt\n\t"                                                                \
  "vstrbt.32 q5, [r7, q3]\n\t"                                               \
  "vstrbt.32 q4, [r7], #4\n\t"                                               \
  "b.w 7b\n\t"

/* Rounds ties upwards. */
static __attribute__((naked, noinline, unused)) void mote_matrix_2x4_up_s8(
    const mote_matrix_2x4_t *m __attribute__((unused))) {
  __asm__ volatile(MOTE_M24_BODY(MOTE_MVE_UP));
}

/* Rounds ties away from zero. */
static __attribute__((naked, noinline, unused)) void mote_matrix_2x4_s8(
    const mote_matrix_2x4_t *m __attribute__((unused))) {
  __asm__ volatile(MOTE_M24_BODY(MOTE_MVE_AWAY));
}

#endif

/* A line of outputs of a depthwise convolution, from cells. */
#ifndef MOTE_ARMV81M_DEPTHWISE_S8_H
#define MOTE_ARMV81M_DEPTHWISE_S8_H

#include "armv81m/mve.h"

/* A cell holds four values of each of 16 channels, channel by channel: of four rows of one column, or of four columns. */
#define MOTE_CELL 64

/* The order of the fields is known to the assembly. */
typedef struct {
  const int8_t *from[4]; /* the first cell's values */
  int32_t steps[4];      /* from there to those of the next cell */
  int8_t *cells;
  int32_t count;         /* cells, > 0 */
  int32_t channels;      /* 1 to 16 */
} mote_mve_cells_t;

static __attribute__((naked, noinline, unused)) void mote_mve_cells(const mote_mve_cells_t *m __attribute__((unused))) {
  __asm__ volatile(
      "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"
      "ldmia r0, {r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n\t"
      "vctp.8 r10\n\t"
      "mov lr, r9\n"
      "1:\n\t"
      "vpstttt\n\t"
      "vldrbt.u8 q0, [r0]\n\t"
      "vldrbt.u8 q1, [r1]\n\t"
      "vldrbt.u8 q2, [r2]\n\t"
      "vldrbt.u8 q3, [r3]\n\t"
      "add r0, r0, r4\n\t"
      "add r1, r1, r5\n\t"
      "add r2, r2, r6\n\t"
      "add r3, r3, r7\n\t"
      "vst40.8 {q0, q1, q2, q3}, [r8]\n\t"
      "vst41.8 {q0, q1, q2, q3}, [r8]\n\t"
      "vst42.8 {q0, q1, q2, q3}, [r8]\n\t"
      "vst43.8 {q0, q1, q2, q3}, [r8]!\n\t"
      "le lr, 1b\n\t"
      "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t");
}

/* The order of the fields is known to the assembly.
 * A window is 4 * tiles words, each four values of a channel in some cell.
 * stream: for every four channels four biases, four multipliers, four shifts in bytes, -31 to -1, and for every tile 16 weights
 * of each channel; in the fast variant 12 where these are enough. */
typedef struct {
  const int8_t *cells;    /* the first output's */
  int8_t *y;
  int32_t y_step;         /* from an output pixel to the next */
  int32_t cell_step;      /* from an output's cells to the next's */
  const int32_t *stream;  /* left behind the last channel's weights */
  int32_t zero;           /* output zero point */
  const int32_t *offsets; /* of a window's words from its first cell */
  int32_t outputs;        /* > 0 */
  int32_t channels;       /* 1 to 16; in the fast variant a multiple of 4 */
  int32_t tiles;
  int32_t weight_bytes;   /* of a channel in a tile: 12 or 16 */
  int32_t low;            /* clamp */
  int32_t high;
} mote_mve_depthwise_line_t;

#define MOTE_DWL_WORDS(from, w, acc)         \
  "vldrw.u32 q5, [" from ", q4]\n\t"        \
  "vmladava.s8 " acc ", q5, " w "\n\t"

/* Weights of one tile; rounds ties upwards and saturates to int8. Registers: r0 y, r1, r3, r5, r7 cells of four channels, r2 and
 * r4 steps, r9 stream, r11 zero; r6, r8, r10, r12 sums. Vectors: q0-q3 weights, q4 places of words, q6 multipliers, q7 shifts. */
static __attribute__((naked, noinline, unused)) void mote_mve_depthwise_line_fast(
    mote_mve_depthwise_line_t *m __attribute__((unused))) {
  __asm__ volatile(
      "push {r0, r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"
      "vpush {d8, d9, d10, d11, d12, d13, d14, d15}\n\t"
      "ldrd r2, r4, [r0, #8]\n\t"
      "ldrd r9, r11, [r0, #16]\n"
      "1:\n\t"
      "ldr r12, [sp, #64]\n\t"
      "ldrd r1, r0, [r12]\n\t"
      "ldrd r8, lr, [r12, #24]\n\t"
      "ldr r10, [r12, #40]\n\t"
      "add r3, r1, #4\n\t"
      "add r5, r1, #8\n\t"
      "add r7, r1, #12\n\t"
      "vldrw.u32 q4, [r8]\n\t"
      "vldrw.u32 q6, [r9, #16]\n\t"
      "add r6, r9, #32\n\t"
      "vldrb.s32 q7, [r6], #4\n\t"
      "cmp r10, #12\n\t"
      "bne.n 2f\n\t"
      "vctp.8 r10\n\t"
      "vpstttt\n\t"
      "vldrbt.u8 q0, [r6], #12\n\t"
      "vldrbt.u8 q1, [r6], #12\n\t"
      "vldrbt.u8 q2, [r6], #12\n\t"
      "vldrbt.u8 q3, [r6], #12\n\t"
      "b.n 3f\n"
      "2:\n\t"
      "vldrb.u8 q0, [r6], #16\n\t"
      "vldrb.u8 q1, [r6], #16\n\t"
      "vldrb.u8 q2, [r6], #16\n\t"
      "vldrb.u8 q3, [r6], #16\n"
      "3:\n\t"
      "str r6, [r12, #16]\n"
      "4:\n\t"
      "ldm.w r9, {r6, r8, r10, r12}\n\t" MOTE_DWL_WORDS("r1", "q0", "r6") MOTE_DWL_WORDS("r3", "q1", "r8")
          MOTE_DWL_WORDS("r5", "q2", "r10") MOTE_DWL_WORDS("r7", "q3", "r12")
      "vadd.i32 q4, q4, r4\n\t"
      "vmov q5[2], q5[0], r6, r10\n\t"
      "vmov q5[3], q5[1], r8, r12\n\t"
      "vqrdmulh.s32 q5, q5, q6\n\t"
      "vrshl.s32 q5, q5, q7\n\t"
      "vadd.i32 q5, q5, r11\n\t"
      "vqmovnb.s32 q5, q5\n\t"
      "vqmovnb.s16 q5, q5\n\t"
      "vstrb.32 q5, [r0]\n\t"
      "add r0, r0, r2\n\t"
      "le lr, 4b\n\t"
      "ldr r12, [sp, #64]\n\t"
      "ldrd r1, r0, [r12]\n\t"
      "ldr r9, [r12, #16]\n\t"
      "ldr r6, [r12, #32]\n\t"
      "add r1, r1, #16\n\t"
      "add r0, r0, #4\n\t"
      "strd r1, r0, [r12]\n\t"
      "subs r6, r6, #4\n\t"
      "str r6, [r12, #32]\n\t"
      "bne.w 1b\n\t"
      "vpop {d8, d9, d10, d11, d12, d13, d14, d15}\n\t"
      "pop {r0, r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t");
}

/* Any number of tiles; rounds ties away from zero and clamps. Registers: r0 y, r1, r3, r5, r7 cells of four channels, r2
 * offsets, r4 weights, r9 stream, r11 structure, lr counts tiles; r6, r8, r10, r12 sums. Vectors: q4 multipliers, q5 shifts, q6
 * and q7 the clamp. */
static __attribute__((naked, noinline, unused)) void mote_mve_depthwise_line(
    mote_mve_depthwise_line_t *m __attribute__((unused))) {
  __asm__ volatile(
      "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"
      "vpush {d8, d9, d10, d11, d12, d13, d14, d15}\n\t"
      "sub sp, sp, #4\n\t"
      "mov r11, r0\n\t"
      "ldrd r2, r3, [r11, #44]\n\t"
      "vdup.32 q6, r2\n\t"
      "vdup.32 q7, r3\n\t"
      "ldr r9, [r11, #16]\n"
      "1:\n\t"
      "ldrd r1, r0, [r11]\n\t"
      "ldrd r6, r8, [r11, #28]\n\t"
      "str r6, [sp]\n\t"
      "add r3, r1, #4\n\t"
      "add r5, r1, #8\n\t"
      "add r7, r1, #12\n\t"
      "vldrw.u32 q4, [r9, #16]\n\t"
      "add r4, r9, #32\n\t"
      "vldrb.s32 q5, [r4]\n"
      "2:\n\t"
      "ldm.w r9, {r6, r8, r10, r12}\n\t"
      "ldr r2, [r11, #24]\n\t"
      "ldr lr, [r11, #36]\n\t"
      "add r4, r9, #36\n"
      "3:\n\t"
      "vldrw.u32 q0, [r2], #16\n\t"
      "vldrb.u8 q1, [r4], #16\n\t"
      "vldrw.u32 q2, [r1, q0]\n\t"
      "vmladava.s8 r6, q1, q2\n\t"
      "vldrb.u8 q1, [r4], #16\n\t"
      "vldrw.u32 q2, [r3, q0]\n\t"
      "vmladava.s8 r8, q1, q2\n\t"
      "vldrb.u8 q1, [r4], #16\n\t"
      "vldrw.u32 q2, [r5, q0]\n\t"
      "vmladava.s8 r10, q1, q2\n\t"
      "vldrb.u8 q1, [r4], #16\n\t"
      "vldrw.u32 q2, [r7, q0]\n\t"
      "vmladava.s8 r12, q1, q2\n\t"
      "le lr, 3b\n\t"
      "vmov q0[2], q0[0], r6, r10\n\t"
      "vmov q0[3], q0[1], r8, r12\n\t"
      "ldrd r2, r6, [r11, #8]\n\t"
      "ldr r8, [r11, #20]\n\t"
      "ldr r10, [r11, #32]\n\t"
      "add r1, r1, r6\n\t"
      "add r3, r3, r6\n\t"
      "add r5, r5, r6\n\t"
      "add r7, r7, r6\n\t"
      "vqrdmulh.s32 q0, q0, q4\n\t"
      "vshr.s32 q1, q0, #31\n\t"
      "vadd.i32 q0, q0, q1\n\t"
      "vrshl.s32 q0, q0, q5\n\t"
      "vadd.i32 q0, q0, r8\n\t"
      "vmax.s32 q0, q0, q6\n\t"
      "vmin.s32 q0, q0, q7\n\t"
      "vctp.32 r10\n\t"
      "vpst\n\t"
      "vstrbt.32 q0, [r0]\n\t"
      "ldr r6, [sp]\n\t"
      "add r0, r0, r2\n\t"
      "subs r6, r6, #1\n\t"
      "str r6, [sp]\n\t"
      "bne.w 2b\n\t"
      "mov r9, r4\n\t"
      "ldrd r1, r0, [r11]\n\t"
      "ldr r6, [r11, #32]\n\t"
      "add r1, r1, #16\n\t"
      "add r0, r0, #4\n\t"
      "strd r1, r0, [r11]\n\t"
      "subs r6, r6, #4\n\t"
      "str r6, [r11, #32]\n\t"
      "bgt.w 1b\n\t"
      "str r9, [r11, #16]\n\t"
      "add sp, sp, #4\n\t"
      "vpop {d8, d9, d10, d11, d12, d13, d14, d15}\n\t"
      "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t");
}

#endif

/* One channel of a 3x3 depthwise convolution over a plane of widened values. */
#ifndef MOTE_ARMV7EM_DEPTHWISE_3X3_H
#define MOTE_ARMV7EM_DEPTHWISE_3X3_H

#include "armv7em/dsp.h"

/* The order of the fields is known to the assembly. */
typedef struct {
  int8_t *y;
  int32_t step;       /* bytes from one output pixel to the next */
  int32_t multiplier;
  int32_t right;
  int32_t zero;       /* output zero point */
  int32_t bias;
  int32_t row_end;    /* set by the assembly */
  int32_t rows;       /* output rows */
  int32_t row_bytes;  /* bytes of a plane row that one row of output consumes */
  int32_t row_gap;    /* from the end of those to the next row of windows */
  int32_t odd;        /* stride 1: whether a row ends with a single output */
  int32_t low;        /* clamp */
  int32_t high;
  const int16_t *plane;
  int32_t plane_row;  /* bytes of a plane row */
  const int32_t *weights; /* three words: (w0, any, w1, w2) of each kernel row */
} mote_depthwise_3x3_t;

/* Registers: r0-r2 plane rows, r3-r8 weights (w0, w1) and (w1, w2) of each row, r9 and r10 sums. */
#define MOTE_DW_WEIGHTS(from, to)             \
  "ldr r11, [lr], #4\n\t"                     \
  "sxtb16 " from ", r11\n\t"                \
  "sxtb16 r11, r11, ror #8\n\t"             \
  "pkhtb " to ", r11, " from ", asr #16\n\t"

#define MOTE_DW_TWO(row, w01, w12)            \
  "ldrd r11, r12, [" row "], #4\n\t"          \
  "smlad r9, r11, " w01 ", r9\n\t"            \
  "smlatb r10, r11, " w01 ", r10\n\t"         \
  "smlabt r9, r12, " w12 ", r9\n\t"           \
  "smlad r10, r12, " w12 ", r10\n\t"

#define MOTE_DW_ONE(row, w01, w12, advance)   \
  "ldrd r11, r12, [" row "]" advance "\n\t"   \
  "smlad r9, r11, " w01 ", r9\n\t"            \
  "smlabt r9, r12, " w12 ", r9\n\t"

/* See mote_requantize_s8. */
#define MOTE_DW_SCALE(acc)                    \
  "lsl " acc ", " acc ", #1\n\t"              \
  "smmulr " acc ", " acc ", r11\n\t"          \
  "add " acc ", " acc ", " acc ", asr #31\n\t" \
  "asrs " acc ", " acc ", r12\n\t"            \
  "adc " acc ", " acc ", lr\n\t"              \
  "ssat " acc ", #8, " acc "\n\t"

#define MOTE_DW_CLAMP(acc)                    \
  "cmp " acc ", r11\n\t"                      \
  "it lt\n\t"                                 \
  "movlt " acc ", r11\n\t"                    \
  "cmp " acc ", r12\n\t"                      \
  "it gt\n\t"                                 \
  "movgt " acc ", r12\n\t"

#define MOTE_DW_ENTER                         \
  "push {r0, r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t" \
  "sub sp, sp, #56\n\t"                       \
  "ldmia r0!, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12}\n\t" \
  "stmia sp, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10, r11, r12}\n\t" \
  "ldmia r0, {r1, r2, r3, lr}\n\t"            \
  "str r1, [sp, #48]\n\t"                     \
  "mov r0, r2\n\t"                            \
  "add r1, r0, r3\n\t"                        \
  "add r2, r1, r3\n\t"                        \
  MOTE_DW_WEIGHTS("r3", "r4") MOTE_DW_WEIGHTS("r5", "r6") MOTE_DW_WEIGHTS("r7", "r8") \
  "1:\n\t"                                    \
  "ldr r11, [sp, #32]\n\t"                    \
  "add r11, r11, r0\n\t"                      \
  "str r11, [sp, #24]\n\t"                    \
  "cmp r11, r0\n\t"                           \
  "beq.w 3f\n"                                \
  "2:\n\t"

#define MOTE_DW_CONSTANTS                     \
  "ldrd r11, r12, [sp, #8]\n\t"               \
  "ldr lr, [sp, #16]\n\t"

#define MOTE_DW_LOOP                          \
  "ldr r12, [sp, #24]\n\t"                    \
  "cmp r0, r12\n\t"                           \
  "bne.w 2b\n"                                \
  "3:\n\t"


#define MOTE_DW_LEAVE                         \
  "ldrd r11, r12, [sp, #28]\n\t"              \
  "ldr lr, [sp, #36]\n\t"                     \
  "add r0, r0, lr\n\t"                        \
  "add r1, r1, lr\n\t"                        \
  "add r2, r2, lr\n\t"                        \
  "subs r11, r11, #1\n\t"                     \
  "str r11, [sp, #28]\n\t"                    \
  "bne.w 1b\n\t"                              \
  "add sp, sp, #60\n\t"                       \
  "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t"

#define MOTE_DW_CLAMP_TWO "ldrd r11, r12, [sp, #44]\n\t" MOTE_DW_CLAMP("r9") MOTE_DW_CLAMP("r10")
#define MOTE_DW_CLAMP_ONE "ldrd r11, r12, [sp, #44]\n\t" MOTE_DW_CLAMP("r9")

/* Stride 1: two neighbouring outputs share their loads. */
#define MOTE_DW_STRIDE_1(clamp_two, clamp_one)                                             \
  MOTE_DW_ENTER                                                                            \
  "ldr r9, [sp, #20]\n\t"                                                                  \
  "mov r10, r9\n\t" MOTE_DW_TWO("r0", "r3", "r4") MOTE_DW_TWO("r1", "r5", "r6")            \
      MOTE_DW_TWO("r2", "r7", "r8") MOTE_DW_CONSTANTS MOTE_DW_SCALE("r9")                  \
          MOTE_DW_SCALE("r10") clamp_two                                                   \
  "ldrd r11, r12, [sp]\n\t"                                                                \
  "strb r9, [r11]\n\t"                                                                     \
  "strb r10, [r11, r12]\n\t"                                                               \
  "add r11, r11, r12, lsl #1\n\t"                                                          \
  "str r11, [sp]\n\t" MOTE_DW_LOOP                                                         \
  "ldr r11, [sp, #40]\n\t"                                                                 \
  "cmp r11, #0\n\t"                                                                        \
  "beq.w 4f\n\t"                                                                           \
  "ldr r9, [sp, #20]\n\t" MOTE_DW_ONE("r0", "r3", "r4", "") MOTE_DW_ONE("r1", "r5", "r6", "") \
      MOTE_DW_ONE("r2", "r7", "r8", "") MOTE_DW_CONSTANTS MOTE_DW_SCALE("r9") clamp_one    \
  "ldrd r11, r12, [sp]\n\t"                                                                \
  "strb r9, [r11]\n\t"                                                                     \
  "add r11, r11, r12\n\t"                                                                  \
  "str r11, [sp]\n"                                                                        \
  "4:\n\t" MOTE_DW_LEAVE

/* Stride 2: each output starts where the plane is aligned to a pair. */
#define MOTE_DW_STRIDE_2(clamp_one)                                                        \
  MOTE_DW_ENTER                                                                            \
  "ldr r9, [sp, #20]\n\t" MOTE_DW_ONE("r0", "r3", "r4", ", #4")                            \
      MOTE_DW_ONE("r1", "r5", "r6", ", #4") MOTE_DW_ONE("r2", "r7", "r8", ", #4")          \
          MOTE_DW_CONSTANTS MOTE_DW_SCALE("r9") clamp_one                                  \
  "ldrd r11, r12, [sp]\n\t"                                                                \
  "strb r9, [r11]\n\t"                                                                     \
  "add r11, r11, r12\n\t"                                                                  \
  "str r11, [sp]\n\t" MOTE_DW_LOOP MOTE_DW_LEAVE

#define MOTE_DW_FUNCTION(name, body)                                     \
  static __attribute__((naked, noinline, unused)) void name(             \
      const mote_depthwise_3x3_t *m __attribute__((unused))) {           \
    __asm__ volatile(body);                                              \
  }

MOTE_DW_FUNCTION(mote_depthwise_3x3_stride_1, MOTE_DW_STRIDE_1("", ""))
MOTE_DW_FUNCTION(mote_depthwise_3x3_stride_1_clamp,
                 MOTE_DW_STRIDE_1(MOTE_DW_CLAMP_TWO, MOTE_DW_CLAMP_ONE))
MOTE_DW_FUNCTION(mote_depthwise_3x3_stride_2, MOTE_DW_STRIDE_2(""))
MOTE_DW_FUNCTION(mote_depthwise_3x3_stride_2_clamp, MOTE_DW_STRIDE_2(MOTE_DW_CLAMP_ONE))

#endif

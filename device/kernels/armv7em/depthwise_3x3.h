/* Channels of a 3x3 depthwise convolution over planes of widened values. */
#ifndef MOTE_ARMV7EM_DEPTHWISE_3X3_H
#define MOTE_ARMV7EM_DEPTHWISE_3X3_H

#include "armv7em/depthwise_scale.h"

/* Registers: r0-r2 plane rows, r3-r8 weights (w0, w1) and (w1, w2) of each row, r9 and r10 sums, lr outputs. */

/* r12: stream; r1: left shift */
#define MOTE_DW3_TAPS(offset0, offset1, offset2, from, to) \
  "ldrsb " from ", [r12, #" offset0 "]\n\t"               \
  "ldrsb r0, [r12, #" offset1 "]\n\t"                     \
  "ldrsb " to ", [r12, #" offset2 "]\n\t"                 \
  "lsl " from ", " from ", r1\n\t"                        \
  "lsl r0, r0, r1\n\t"                                    \
  "lsl " to ", " to ", r1\n\t"                            \
  "pkhbt " from ", " from ", r0, lsl #16\n\t"             \
  "pkhbt " to ", r0, " to ", lsl #16\n\t"

#define MOTE_DW3_TWO(row, w01, w12)            \
  "ldrd r11, r12, [" row "], #4\n\t"           \
  "smlad r9, r11, " w01 ", r9\n\t"             \
  "smlatb r10, r11, " w01 ", r10\n\t"          \
  "smlabt r9, r12, " w12 ", r9\n\t"            \
  "smlad r10, r12, " w12 ", r10\n\t"

#define MOTE_DW3_TWO_STRIDE_2(row, w01, w12)   \
  "ldrd r11, r12, [" row "], #8\n\t"           \
  "smlad r9, r11, " w01 ", r9\n\t"             \
  "ldr r11, [" row "]\n\t"                     \
  "smlabt r9, r12, " w12 ", r9\n\t"            \
  "smlad r10, r12, " w01 ", r10\n\t"           \
  "smlabt r10, r11, " w12 ", r10\n\t"

#define MOTE_DW3_ONE(row, w01, w12)            \
  "ldrd r11, r12, [" row "]\n\t"               \
  "smlad r9, r11, " w01 ", r9\n\t"             \
  "smlabt r9, r12, " w12 ", r9\n\t"

#define MOTE_DW3_ROWS(step) step("r0", "r3", "r4") step("r1", "r5", "r6") step("r2", "r7", "r8")

#define MOTE_DW3_CHANNEL_TAPS                                              \
  MOTE_DW3_TAPS("0", "1", "2", "r3", "r4") MOTE_DW3_TAPS("3", "4", "5", "r5", "r6") \
      MOTE_DW3_TAPS("6", "7", "8", "r7", "r8")                             \
  "add r12, r12, #17\n\t"

#define MOTE_DW3_RECTIFIED_CHANNEL MOTE_DW_RECTIFIED_CHANNEL("9", "13") MOTE_DW3_CHANNEL_TAPS
#define MOTE_DW3_ANY_CHANNEL MOTE_DW_ANY_CHANNEL("9", "13") MOTE_DW3_CHANNEL_TAPS

#define MOTE_DW3_FUNCTION(name, two, scaling, scale_two, scale_one) \
  MOTE_DW_FUNCTION(name, MOTE_DW_BODY(MOTE_DW3_##scaling##_CHANNEL, MOTE_DW3_ROWS(two), MOTE_DW3_ROWS(MOTE_DW3_ONE), \
                                      scale_two, scale_one))

MOTE_DW3_FUNCTION(mote_depthwise_3x3, MOTE_DW3_TWO, ANY, MOTE_DW_ANY_TWO, MOTE_DW_ANY_ONE)
MOTE_DW3_FUNCTION(mote_depthwise_3x3_clamp, MOTE_DW3_TWO, ANY, MOTE_DW_CLAMP_TWO, MOTE_DW_CLAMP_ONE)
MOTE_DW3_FUNCTION(mote_depthwise_3x3_rectified, MOTE_DW3_TWO, RECTIFIED, MOTE_DW_RECTIFIED_TWO, MOTE_DW_RECTIFIED_ONE)
MOTE_DW3_FUNCTION(mote_depthwise_3x3_stride_2, MOTE_DW3_TWO_STRIDE_2, ANY, MOTE_DW_ANY_TWO, MOTE_DW_ANY_ONE)
MOTE_DW3_FUNCTION(mote_depthwise_3x3_stride_2_clamp, MOTE_DW3_TWO_STRIDE_2, ANY, MOTE_DW_CLAMP_TWO, MOTE_DW_CLAMP_ONE)
MOTE_DW3_FUNCTION(mote_depthwise_3x3_stride_2_rectified, MOTE_DW3_TWO_STRIDE_2, RECTIFIED, MOTE_DW_RECTIFIED_TWO,
                  MOTE_DW_RECTIFIED_ONE)

#endif

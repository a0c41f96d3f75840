/* Channels of a depthwise convolution by rows of up to five taps over planes of widened values. */
#ifndef MOTE_ARMV7EM_DEPTHWISE_LINE_H
#define MOTE_ARMV7EM_DEPTHWISE_LINE_H

#include "armv7em/depthwise_scale.h"

/* Registers: r0 row, r3-r8 weights (w0, w1), (0, w0), (w2, w3), (w1, w2), (w4, 0), (w3, w4), r9 and r10 sums, lr outputs. */

/* r12: stream; r1: left shift */
#define MOTE_DWL_TAPS                \
  "ldrsb r3, [r12]\n\t"              \
  "ldrsb r0, [r12, #1]\n\t"          \
  "ldrsb r5, [r12, #2]\n\t"          \
  "ldrsb r6, [r12, #3]\n\t"          \
  "ldrsb r7, [r12, #4]\n\t"          \
  "lsl r3, r3, r1\n\t"               \
  "lsl r0, r0, r1\n\t"               \
  "lsl r5, r5, r1\n\t"               \
  "lsl r6, r6, r1\n\t"               \
  "lsl r7, r7, r1\n\t"               \
  "lsl r4, r3, #16\n\t"              \
  "pkhbt r3, r3, r0, lsl #16\n\t"    \
  "pkhbt r8, r6, r7, lsl #16\n\t"    \
  "pkhbt r2, r5, r6, lsl #16\n\t"    \
  "pkhbt r6, r0, r5, lsl #16\n\t"    \
  "mov r5, r2\n\t"                   \
  "uxth r7, r7\n\t"                  \
  "add r12, r12, #13\n\t"

#define MOTE_DWL_TWO                 \
  "ldrd r11, r12, [r0], #4\n\t"      \
  "smlad r9, r11, r3, r9\n\t"        \
  "smlad r10, r11, r4, r10\n\t"      \
  "ldr r11, [r0, #4]\n\t"            \
  "smlad r9, r12, r5, r9\n\t"        \
  "smlad r10, r12, r6, r10\n\t"      \
  "smlad r9, r11, r7, r9\n\t"        \
  "smlad r10, r11, r8, r10\n\t"

#define MOTE_DWL_ONE                 \
  "ldrd r11, r12, [r0]\n\t"          \
  "smlad r9, r11, r3, r9\n\t"        \
  "ldr r11, [r0, #8]\n\t"            \
  "smlad r9, r12, r5, r9\n\t"        \
  "smlad r9, r11, r7, r9\n\t"

#define MOTE_DWL_ANY_CHANNEL MOTE_DW_ANY_CHANNEL("5", "9") MOTE_DWL_TAPS
#define MOTE_DWL_RECTIFIED_CHANNEL MOTE_DW_RECTIFIED_CHANNEL("5", "9") MOTE_DWL_TAPS

MOTE_DW_FUNCTION(mote_depthwise_line,
                 MOTE_DW_BODY(MOTE_DWL_ANY_CHANNEL, MOTE_DWL_TWO, MOTE_DWL_ONE, MOTE_DW_ANY_TWO, MOTE_DW_ANY_ONE))
MOTE_DW_FUNCTION(mote_depthwise_line_clamp,
                 MOTE_DW_BODY(MOTE_DWL_ANY_CHANNEL, MOTE_DWL_TWO, MOTE_DWL_ONE, MOTE_DW_CLAMP_TWO, MOTE_DW_CLAMP_ONE))
MOTE_DW_FUNCTION(mote_depthwise_line_rectified,
                 MOTE_DW_BODY(MOTE_DWL_RECTIFIED_CHANNEL, MOTE_DWL_TWO, MOTE_DWL_ONE, MOTE_DW_RECTIFIED_TWO,
                              MOTE_DW_RECTIFIED_ONE))

#endif

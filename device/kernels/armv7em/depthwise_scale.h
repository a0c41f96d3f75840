/* Depthwise convolution, in assembly: from the sums of two outputs to int8, and the loop around. */
#ifndef MOTE_ARMV7EM_DEPTHWISE_SCALE_H
#define MOTE_ARMV7EM_DEPTHWISE_SCALE_H

#include "armv7em/depthwise.h"

/* Scaling takes the sums of two outputs, or of one, from r9 and r10, and the channel's constants from a mote_depthwise_t
 * at sp; r11 and r12 are free.
 *
 * Rectified: outputs are cut off at the zero point -128. Weights and bias come shifted left by k = 11 - right, so that
 * (product >> 32) has 10 bits below the output's unit; the addend holds the zero point, half a unit, and the half that
 * TFLite's first rounding adds. Its treatment of negative ties does not matter here. */
#define MOTE_DW_RECTIFIED_CHANNEL(offset_multiplier, offset_bias) \
  "ldr r0, [r12, #" offset_bias "]\n\t"        \
  "and r1, r0, #31\n\t"                        \
  "asr r0, r0, #5\n\t"                         \
  "rsb r1, r1, #11\n\t"                        \
  "lsl r0, r0, r1\n\t"                         \
  "strd r0, r0, [sp, #8]\n\t"                  \
  "mov r0, #1\n\t"                             \
  "lsl r0, r0, r1\n\t"                         \
  "lsr r0, r0, #2\n\t"                         \
  "sub r3, r0, #130560\n\t"                    \
  "ldr r2, [r12, #" offset_multiplier "]\n\t"  \
  "strd r2, r3, [sp]\n\t"

#define MOTE_DW_RECTIFIED_TWO                  \
  "ldrd r11, r12, [sp]\n\t"                    \
  "smmla r9, r9, r11, r12\n\t"                 \
  "smmla r10, r10, r11, r12\n\t"               \
  "ssat r9, #8, r9, asr #10\n\t"               \
  "ssat r10, #8, r10, asr #10\n\t"

#define MOTE_DW_RECTIFIED_ONE                  \
  "ldrd r11, r12, [sp]\n\t"                    \
  "smmla r9, r9, r11, r12\n\t"                 \
  "ssat r9, #8, r9, asr #10\n\t"

/* Any outputs: mote_requantize_s8 with weights and bias doubled before. */
#define MOTE_DW_ANY_CHANNEL(offset_multiplier, offset_bias) \
  "ldr r0, [r12, #" offset_bias "]\n\t"        \
  "and r3, r0, #31\n\t"                        \
  "asr r0, r0, #5\n\t"                         \
  "lsl r0, r0, #1\n\t"                         \
  "strd r0, r0, [sp, #8]\n\t"                  \
  "ldr r2, [r12, #" offset_multiplier "]\n\t"  \
  "strd r2, r3, [sp]\n\t"                      \
  "mov r1, #1\n\t"

#define MOTE_DW_ANY_SCALE(acc)                 \
  "asrs " acc ", " acc ", r12\n\t"             \
  "adc " acc ", " acc ", r11\n\t"              \
  "ssat " acc ", #8, " acc "\n\t"

#define MOTE_DW_ANY_TWO                        \
  "ldrd r11, r12, [sp]\n\t"                    \
  "smmulr r9, r9, r11\n\t"                     \
  "smmulr r10, r10, r11\n\t"                   \
  "ldr r11, [sp, #44]\n\t"                     \
  "add r9, r9, r9, asr #31\n\t"                \
  "add r10, r10, r10, asr #31\n\t"             \
  MOTE_DW_ANY_SCALE("r9") MOTE_DW_ANY_SCALE("r10")

#define MOTE_DW_ANY_ONE                        \
  "ldrd r11, r12, [sp]\n\t"                    \
  "smmulr r9, r9, r11\n\t"                     \
  "ldr r11, [sp, #44]\n\t"                     \
  "add r9, r9, r9, asr #31\n\t"                \
  MOTE_DW_ANY_SCALE("r9")

#define MOTE_DW_CLAMP(acc)                    \
  "cmp " acc ", r11\n\t"                      \
  "it lt\n\t"                                 \
  "movlt " acc ", r11\n\t"                    \
  "cmp " acc ", r12\n\t"                      \
  "it gt\n\t"                                 \
  "movgt " acc ", r12\n\t"

#define MOTE_DW_CLAMP_TWO MOTE_DW_ANY_TWO "ldrd r11, r12, [sp, #48]\n\t" MOTE_DW_CLAMP("r9") MOTE_DW_CLAMP("r10")
#define MOTE_DW_CLAMP_ONE MOTE_DW_ANY_ONE "ldrd r11, r12, [sp, #48]\n\t" MOTE_DW_CLAMP("r9")

#define MOTE_DW_FUNCTION(name, body)                                                            \
  static __attribute__((naked, noinline, unused)) void name(const mote_depthwise_t *m __attribute__((unused))) { \
    __asm__ volatile(body);                                                                     \
  }

/* sp: the fields of mote_depthwise_t at their offsets. For each channel `channel` sets multiplier, addend, bias and
 * weights, and leaves the stream's next record in r12. A row has at least two outputs. */
#define MOTE_DW_BODY(channel, two, one, scale_two, scale_one)                                \
  "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"                                          \
  "sub sp, sp, #84\n\t"                                                                      \
  "add r0, r0, #24\n\t"                                                                      \
  "add r12, sp, #24\n\t"                                                                     \
  "ldmia r0!, {r1, r2, r3, r4, r5, r6, r7, r8}\n\t"                                          \
  "stmia r12!, {r1, r2, r3, r4, r5, r6, r7, r8}\n\t"                                         \
  "ldmia r0, {r1, r2, r3, r4, r5, r6, r7}\n\t"                                               \
  "stmia r12, {r1, r2, r3, r4, r5, r6, r7}\n"                                                \
  "1:\n\t"                                                                                   \
  "ldr r12, [sp, #76]\n\t" channel                                                           \
  "str r12, [sp, #76]\n\t"                                                                   \
  "ldr r0, [sp, #80]\n\t"                                                                    \
  "ldrd r2, r12, [sp, #56]\n\t"                                                              \
  "add r1, r0, r2\n\t"                                                                       \
  "add r2, r2, r1\n\t"                                                                       \
  "add r12, r12, r0\n\t"                                                                     \
  "str r12, [sp, #16]\n\t"                                                                   \
  "ldr lr, [sp, #72]\n"                                                                      \
  "2:\n\t"                                                                                   \
  "ldr r12, [sp, #28]\n\t"                                                                   \
  "add r12, r12, r0\n\t"                                                                     \
  "str r12, [sp, #20]\n"                                                                     \
  "3:\n\t"                                                                                   \
  "ldrd r9, r10, [sp, #8]\n\t" two scale_two                                                 \
  "ldrd r11, r12, [sp, #20]\n\t"                                                             \
  "strb r9, [lr]\n\t"                                                                        \
  "strb r10, [lr, r12]\n\t"                                                                  \
  "add lr, lr, r12, lsl #1\n\t"                                                              \
  "cmp r0, r11\n\t"                                                                          \
  "bne.w 3b\n\t"                                                                             \
  "ldrd r11, r12, [sp, #32]\n\t"                                                             \
  "cmp r11, #0\n\t"                                                                          \
  "beq.w 4f\n\t"                                                                             \
  "ldr r9, [sp, #8]\n\t" one scale_one                                                       \
  "ldr r11, [sp, #24]\n\t"                                                                   \
  "ldr r12, [sp, #36]\n\t"                                                                   \
  "strb r9, [lr]\n\t"                                                                        \
  "add lr, lr, r11\n"                                                                        \
  "4:\n\t"                                                                                   \
  "add r0, r0, r12\n\t"                                                                      \
  "add r1, r1, r12\n\t"                                                                      \
  "add r2, r2, r12\n\t"                                                                      \
  "ldr r12, [sp, #40]\n\t"                                                                   \
  "ldr r11, [sp, #16]\n\t"                                                                   \
  "add lr, lr, r12\n\t"                                                                      \
  "cmp r0, r11\n\t"                                                                          \
  "bne.w 2b\n\t"                                                                             \
  "ldrd r0, r1, [sp, #64]\n\t"                                                               \
  "ldrd r2, r3, [sp, #72]\n\t"                                                               \
  "ldr r4, [sp, #80]\n\t"                                                                    \
  "add r2, r2, #1\n\t"                                                                       \
  "add r4, r4, r1\n\t"                                                                       \
  "str r2, [sp, #72]\n\t"                                                                    \
  "str r4, [sp, #80]\n\t"                                                                    \
  "subs r0, r0, #1\n\t"                                                                      \
  "str r0, [sp, #64]\n\t"                                                                    \
  "bne.w 1b\n\t"                                                                             \
  "add sp, sp, #84\n\t"                                                                      \
  "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t"

#endif

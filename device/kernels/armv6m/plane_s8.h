/* Armv6-M: one channel of a depthwise convolution. */
#ifndef MOTE_ARMV6M_PLANE_S8_H
#define MOTE_ARMV6M_PLANE_S8_H

#include "armv6m/pairs.h"
#include "scalar/depthwise_s8.h"

/* Nine taps under r0 with the weights at r1; two products fit in the halves of a word. r11 leads to the next row. */
#define MOTE_PLANE_3X3                  \
  "ldmia r0!, {r2, r3, r4}\n\t"         \
  "ldmia r1!, {r5, r6, r7}\n\t"         \
  "muls r5, r2, r5\n\t"                 \
  "muls r6, r3, r6\n\t"                 \
  "adds r5, r5, r6\n\t"                 \
  "muls r7, r4, r7\n\t" MOTE_PAIRS_SPLIT("r5") \
  "add r0, r0, r11\n\t"                 \
  "ldmia r0!, {r2, r3, r4}\n\t"         \
  "ldmia r1!, {r5, r6}\n\t"             \
  "muls r5, r2, r5\n\t"                 \
  "adds r5, r5, r7\n\t"                 \
  "muls r6, r3, r6\n\t" MOTE_PAIRS_SPLIT("r5") \
  "ldmia r1!, {r5, r7}\n\t"             \
  "muls r5, r4, r5\n\t"                 \
  "adds r5, r5, r6\n\t" MOTE_PAIRS_SPLIT("r5") \
  "add r0, r0, r11\n\t"                 \
  "ldmia r0!, {r2, r3, r4}\n\t"         \
  "ldmia r1!, {r5, r6}\n\t"             \
  "muls r7, r2, r7\n\t"                 \
  "muls r5, r3, r5\n\t"                 \
  "adds r5, r5, r7\n\t" MOTE_PAIRS_SPLIT("r5") \
  "muls r6, r4, r6\n\t" MOTE_PAIRS_SPLIT("r6")

/* Any taps, two by two; the table ends at r11. */
#define MOTE_PLANE_ANY                  \
  "3:\n\t"                              \
  "ldmia r1!, {r2, r3, r4, r5}\n\t"     \
  "ldr r4, [r0, r4]\n\t"                \
  "ldr r5, [r0, r5]\n\t"                \
  "muls r4, r2, r4\n\t"                 \
  "muls r5, r3, r5\n\t"                 \
  "adds r4, r4, r5\n\t" MOTE_PAIRS_SPLIT("r4") \
  "cmp r1, r11\n\t"                     \
  "bne 3b\n\t"

/* The copy of the plane on the stack, then three digits of the multiplier and the bias of both pixels in one word. */
#define MOTE_PLANE_BODY(taps, load_r11)                                    \
  ".syntax unified\n\t"                                                    \
  "push {r4, r5, r6, r7, lr}\n\t"                                          \
  "mov r4, r8\n\t"                                                         \
  "mov r5, r9\n\t"                                                         \
  "mov r6, r10\n\t"                                                        \
  "mov r7, r11\n\t"                                                        \
  "push {r4, r5, r6, r7}\n\t"                                              \
  "sub sp, sp, #92\n\t"                                                    \
  "mov r1, sp\n\t"                                                         \
  "ldmia r0!, {r2, r3, r4, r5, r6, r7}\n\t"                                \
  "stmia r1!, {r2, r3, r4, r5, r6, r7}\n\t"                                \
  "mov r12, r4\n\t"             /* x */                                    \
  "ldmia r0!, {r2, r3, r4, r5, r6, r7}\n\t"                                \
  "stmia r1!, {r2, r3, r4, r5, r6, r7}\n\t"                                \
  "ldmia r0!, {r2, r3, r4, r5, r6, r7}\n\t"                                \
  "stmia r1!, {r2, r3, r4, r5, r6, r7}\n\t"                                \
  "lsls r0, r2, #16\n\t"                                                   \
  "adds r2, r2, r0\n\t" MOTE_PAIRS_DIGITS_11                               \
  "stmia r1!, {r3, r6, r7}\n\t"                                            \
  "str r2, [r1]\n\t"                                                       \
  "movs r1, #128\n\t"                                                      \
  "lsls r1, r1, #8\n\t"                                                    \
  "mov r10, r1\n\t" load_r11                                               \
  "mov r11, r2\n"                                                          \
  "1:\n\t"                      /* a row, to lr */                         \
  "ldr r0, [sp, #32]\n\t"                                                  \
  "add r0, r0, r12\n\t"                                                    \
  "mov lr, r0\n"                                                           \
  "2:\n\t"                                                                 \
  "ldr r2, [sp, #84]\n\t"                                                  \
  "mov r8, r2\n\t"                                                         \
  "ldr r2, [sp, #48]\n\t"                                                  \
  "mov r9, r2\n\t"                                                         \
  "mov r0, r12\n\t"                                                        \
  "ldr r1, [sp]\n\t" taps                                                  \
  "mov r5, r9\n\t"                                                         \
  "lsls r7, r5, #16\n\t"                                                   \
  "mov r4, r8\n\t"                                                         \
  "subs r4, r4, r7\n\t"                                                    \
  "add r0, sp, #72\n\t"                                                    \
  "ldmia r0!, {r3, r6, r7}\n\t" MOTE_PAIRS_DIGITS_22                       \
  "add r0, sp, #56\n\t"                                                    \
  "ldmia r0!, {r1, r2, r3, r7}\n\t"                                        \
  "movs r6, #0\n\t" MOTE_PAIRS_ROUND("r4", "9", "61", "62")                \
  "7:\n\t" MOTE_PAIRS_ROUND("r5", "9", "63", "64")                         \
  "8:\n\t"                                                                 \
  "add r0, sp, #12\n\t"                                                    \
  "ldmia r0, {r0, r1, r2}\n\t" /* y, y_pair, y_step */                    \
  "strb r4, [r0]\n\t"                                                      \
  "strb r5, [r0, r1]\n\t"                                                  \
  "adds r0, r0, r2\n\t"                                                    \
  "str r0, [sp, #12]\n\t"                                                  \
  "ldr r2, [sp, #28]\n\t"                                                  \
  "add r12, r12, r2\n\t"                                                   \
  "cmp r12, lr\n\t"                                                        \
  "beq 4f\n\t"                                                             \
  "b 2b\n"                                                                 \
  "61:\n\t"                                                                \
  "movs r4, r1\n\t"                                                        \
  "b 7b\n"                                                                 \
  "62:\n\t"                                                                \
  "movs r4, r3\n\t"                                                        \
  "b 7b\n"                                                                 \
  "63:\n\t"                                                                \
  "movs r5, r1\n\t"                                                        \
  "b 8b\n"                                                                 \
  "64:\n\t"                                                                \
  "movs r5, r3\n\t"                                                        \
  "b 8b\n"                                                                 \
  "4:\n\t"                                                                 \
  "ldr r2, [sp, #24]\n\t"                                                  \
  "adds r0, r0, r2\n\t"                                                    \
  "str r0, [sp, #12]\n\t"                                                  \
  "ldr r2, [sp, #36]\n\t"                                                  \
  "add r12, r12, r2\n\t"                                                   \
  "ldr r2, [sp, #44]\n\t"                                                  \
  "subs r2, r2, #1\n\t"                                                    \
  "str r2, [sp, #44]\n\t"                                                  \
  "beq 5f\n\t"                                                             \
  "b 1b\n"                                                                 \
  "5:\n\t"                                                                 \
  "add sp, sp, #92\n\t"                                                    \
  "pop {r4, r5, r6, r7}\n\t"                                               \
  "mov r8, r4\n\t"                                                         \
  "mov r9, r5\n\t"                                                         \
  "mov r10, r6\n\t"                                                        \
  "mov r11, r7\n\t"                                                        \
  "pop {r4, r5, r6, r7, pc}\n\t"

/* Sums below 2^21 in magnitude. */
static __attribute__((naked, noinline, unused)) void mote_pairs_plane_3x3_s8(
    const mote_pairs_plane_t *m __attribute__((unused))) {
  __asm__ volatile(MOTE_PLANE_BODY(MOTE_PLANE_3X3, "ldr r2, [sp, #40]\n\t"));
}

static __attribute__((naked, noinline, unused)) void mote_pairs_plane_s8(
    const mote_pairs_plane_t *m __attribute__((unused))) {
  __asm__ volatile(MOTE_PLANE_BODY(MOTE_PLANE_ANY, "ldr r2, [sp, #4]\n\t"));
}

#endif
